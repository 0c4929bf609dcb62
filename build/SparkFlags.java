/** Prints the flags that Spark wants on this Java; run with Spark's jars on the class path. */
final class SparkFlags {
  public static void main(String... arguments) {
    System.out.println(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions());
  }
}
