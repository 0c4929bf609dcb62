import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures {@code stemma serve} as a process, from outside. Usage: java ServeBench.java FOLDER WHAT, where FOLDER holds
 * models a, b, c (MakePair) and WHAT is {@code start RUNS}, {@code browse SECONDS CLIENTS THINK_MS}, {@code hostile N SEED}
 * or {@code kill TIMES SEED}. Prints one JSON document.
 */
class ServeBench {
  static final Pattern URL = Pattern.compile("\"url\":\"([^\"]+)\"");
  static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f]{32})\"");
  static final Pattern STATE = Pattern.compile("\"state\":\"([a-z]+)\"");
  static Path models;

  /** One server process. */
  static final class Server implements AutoCloseable {
    final Process process;
    final URI uri;
    final long began = System.nanoTime();
    double urlSeconds;

    Server(Path data) throws Exception {
      process =
          new ProcessBuilder("./stemma", "serve", "--port", "0", "--json", "--data", data.toString(), "--root",
                  models.toString(), "--catalogue", data.resolve("catalogue.db").toString())
              .redirectError(data.resolve("stderr.txt").toFile())
              .start();
      String line = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
      Matcher url = URL.matcher(String.valueOf(line));
      if (!url.find()) throw new IOException("the server does not start: " + Files.readString(data.resolve("stderr.txt")));
      urlSeconds = (System.nanoTime() - began) / 1e9;
      uri = URI.create(url.group(1));
    }

    void kill() throws Exception {
      process.destroyForcibly().waitFor(); // SIGKILL
    }

    @Override
    public void close() throws Exception {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly();
    }
  }

  static HttpResponse<String> get(HttpClient client, URI uri, String accept) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).header("Accept", accept).build(), HttpResponse.BodyHandlers.ofString());
  }

  static String compare(HttpClient client, Server server, String a, String b, boolean thorough) throws Exception {
    String json = "{\"models\":[\"" + a + "\",\"" + b + "\"],\"thorough\":" + thorough + "}";
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(server.uri.resolve("/api/jobs")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)).build(),
            HttpResponse.BodyHandlers.ofString());
    Matcher id = ID.matcher(answer.body());
    if (answer.statusCode() != 202 || !id.find()) throw new IOException(answer.statusCode() + " " + answer.body());
    return id.group(1);
  }

  static String state(HttpClient client, Server server, String id) throws Exception {
    Matcher state = STATE.matcher(get(client, server.uri.resolve("/api/jobs/" + id), "application/json").body());
    return state.find() ? state.group(1) : "lost";
  }

  static String ended(HttpClient client, Server server, String id) throws Exception {
    while (true) {
      String state = state(client, server, id);
      if (!state.equals("queued") && !state.equals("running")) return state;
      Thread.sleep(100);
    }
  }

  static Path folder() throws IOException {
    return Files.createTempDirectory("stemma-serve-bench-");
  }

  static String list(List<Double> values) {
    return values.stream().map(v -> String.format(java.util.Locale.ROOT, "%.3f", v)).toList().toString();
  }

  static double at(double[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  }

  // ---------------------------------------------------------------------------------------------- start

  static String start(int runs) throws Exception {
    List<Double> announced = new ArrayList<>(), answered = new ArrayList<>();
    Path data = folder();
    for (int run = 0; run <= runs; run++) { // the first makes folder and database and is not counted
      try (Server server = new Server(data); Socket socket = new Socket(server.uri.getHost(), server.uri.getPort())) {
        socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: " + server.uri.getAuthority() + "\r\nConnection: close\r\n\r\n").getBytes());
        String page = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        double seconds = (System.nanoTime() - server.began) / 1e9;
        if (!page.startsWith("HTTP/1.1 200") || !page.contains("</html>")) throw new IOException(page);
        if (run > 0) {
          announced.add(server.urlSeconds);
          answered.add(seconds);
        }
      }
    }
    double[] sorted = answered.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return "\"what\":\"from starting the process to its address, and to the whole first page\",\"goalSeconds\":1.5,\"medianSeconds\":"
        + String.format("%.3f", sorted[sorted.length / 2]) + ",\"announced\":" + list(announced) + ",\"firstPage\":" + list(answered);
  }

  // ---------------------------------------------------------------------------------------------- browse

  static String browse(int seconds, int clients, int think) throws Exception {
    long started = System.nanoTime();
    Path data = folder();
    try (Server server = new Server(data); HttpClient boss = HttpClient.newHttpClient()) {
      String report = compare(boss, server, "small/a", "small/b", false);
      if (!ended(boss, server, report).equals("done")) throw new IOException(state(boss, server, report));
      String shared = boss.send(HttpRequest.newBuilder(server.uri.resolve("/api/jobs/" + report + "/share"))
          .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString()).body();
      Matcher secret = Pattern.compile("\"shared\":\"([^\"]+)\"").matcher(shared);
      if (!secret.find()) throw new IOException(shared);
      String[] places = {"/", "/jobs", "/catalogue", "/api", "/jobs/" + report, secret.group(1), "/api/jobs", "/api/jobs/" + report,
        "/api/catalogue", "/jobs/" + report + "/report.json", "/api/openapi.json", "/jobs/" + report + "/share"};
      System.err.printf("first comparison after %.1f s%n", (System.nanoTime() - started) / 1e9);
      long end = System.nanoTime() + (seconds + 10) * 1_000_000_000L, counted = end - seconds * 1_000_000_000L;
      List<double[]> times = Collections.synchronizedList(new ArrayList<>()); // place, milliseconds
      Map<String, Integer> wrong = Collections.synchronizedMap(new TreeMap<>());
      Map<String, Integer> jobs = Collections.synchronizedMap(new TreeMap<>());
      List<Thread> all = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) { // two comparisons run all the time
        String other = worker == 0 ? "b" : "c";
        all.add(Thread.ofPlatform().start(() -> {
          while (System.nanoTime() < end) {
            try {
              String id = compare(boss, server, "a", other, true), state = "queued";
              while (System.nanoTime() < end && (state.equals("queued") || state.equals("running"))) {
                Thread.sleep(200);
                state = state(boss, server, id);
              }
              jobs.merge(state, 1, Integer::sum);
            } catch (Exception e) {
              jobs.merge(e.toString(), 1, Integer::sum);
              return;
            }
          }
        }));
      }
      for (int number = 0; number < clients; number++) {
        int me = number;
        all.add(Thread.ofVirtual().start(() -> { // each from an address of its own, as clients have
          Random random = new Random(me);
          try (HttpClient client = HttpClient.newBuilder().localAddress(InetAddress.getByName("127.0.1." + (me + 1))).version(HttpClient.Version.HTTP_1_1).build()) {
            Thread.sleep(random.nextInt(1 + think));
            while (System.nanoTime() < end) {
              int place = random.nextInt(places.length);
              long from = System.nanoTime();
              int status = get(client, server.uri.resolve(places[place]), places[place].startsWith("/api/") ? "*/*" : "text/html").statusCode();
              long to = System.nanoTime();
              if (status != 200) wrong.merge(status + " " + place, 1, Integer::sum);
              if (from > counted) times.add(new double[] {place, (to - from) / 1e6});
              if (think > 0) Thread.sleep(think / 2 + random.nextInt(think));
            }
          } catch (Exception e) {
            wrong.merge(e.toString(), 1, Integer::sum);
          }
        }));
      }
      for (Thread thread : all) thread.join();
      double[] sorted = times.stream().mapToDouble(t -> t[1]).sorted().toArray();
      StringBuilder each = new StringBuilder();
      for (int place = 0; place < places.length; place++) {
        int which = place;
        double[] own = times.stream().filter(t -> t[0] == which).mapToDouble(t -> t[1]).sorted().toArray();
        each.append(place == 0 ? "" : ",").append(String.format("\"%s\":%.1f", places[place].replaceAll("[0-9a-f]{32}", "ID"), at(own, .95)));
      }
      return String.format(
          "\"what\":\"%d clients read pages and REST for %d s, %d ms of thought between requests, two thorough comparisons running all the time\","
              + "\"goalMilliseconds\":200,\"requests\":%d,\"perSecond\":%.0f,\"p50\":%.1f,\"p95\":%.1f,\"p99\":%.1f,\"max\":%.1f,\"wrong\":\"%s\",\"comparisons\":\"%s\",\"p95of\":{%s}",
          clients, seconds, think, sorted.length, sorted.length / (double) seconds, at(sorted, .5), at(sorted, .95), at(sorted, .99), at(sorted, 1), wrong, jobs, each);
    }
  }

  // ---------------------------------------------------------------------------------------------- hostile

  static String repeated(String text, int times) {
    return text.repeat(times);
  }

  static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  static String noise(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static String path(Random random, String job) {
    String evil = pick(random, "../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/key", "....//....//key", "..\\..\\key", "%00", "%c0%ae%c0%ae/key",
        "%ff%fe", "%", "%zz", "%u002e", ";/../key", "a;jsessionid=1", "\u00e9", "%F0%9F%98%80", "//evil.example/", "key", "jobs.db", "lock", repeated("A", 1 + random.nextInt(9000)),
        "<script>alert(1)</script>", "{id}", "*", "?", "#", " ", "'%20OR%201=1--", "${jndi:ldap://x}", "report.json%00.html", noise(random, 40));
    String base = pick(random, "/", "/jobs/", "/jobs/" + job + "/", "/jobs/" + job + "/report.", "/api/jobs/", "/api/jobs/" + job + "/report.", "/assets/", "/shared/", "/catalogue/model?name=",
        "/catalogue?from=", "/catalogue?name=", "/api/catalogue?from=", "/jobs?before=", "/?a=", "/?language=", "/mcp", "/login", "/api/uploads/", "http://evil.example/", "");
    return base + evil;
  }

  static byte[] request(Random random, String authority, String job) throws IOException {
    String method = pick(random, "GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "G\0T", noise(random, 10));
    String target = random.nextInt(3) > 0
        ? path(random, job)
        : pick(random, "/api/jobs", "/api/uploads", "/jobs", "/mcp", "/login", "/logout", "/api/jobs/" + job + "/cancel", "/jobs/" + job + "/share", "/jobs/" + job + "/events", "/api/jobs/" + job);
    String version = random.nextInt(20) == 0 ? pick(random, "HTTP/0.9", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "", "FTP/1") : "HTTP/1.1";
    StringBuilder head = new StringBuilder(method + " " + target + " " + version + "\r\n");
    head.append("Host: ").append(random.nextInt(8) > 0 ? authority
        : pick(random, "evil.example", "169.254.169.254", "[::1", "", "localhost:99999", authority + "@evil.example", authority + "\r\nHost: evil.example", repeated("h", 500))).append("\r\n");
    if (random.nextInt(2) == 0) head.append("Accept: ").append(pick(random, "text/html", "*/*", "application/json, text/event-stream", noise(random, 50), repeated("text/html,", 500))).append("\r\n");
    if (random.nextInt(6) == 0) head.append("Origin: ").append(pick(random, "http://evil.example", "null", "http://" + authority + ".evil.example", noise(random, 20))).append("\r\n");
    if (random.nextInt(5) == 0) head.append("Cookie: ").append(pick(random, "stemma=t-" + repeated("0", 32) + "-99999999999-" + repeated("0", 64), "stemma=" + noise(random, 60), "stemma-language=../../x", repeated("a=b; ", 2000), "$Version=1; stemma=\"")).append("\r\n");
    if (random.nextInt(6) == 0) head.append("Accept-Language: ").append(pick(random, "ko", repeated("ko,", 1000), noise(random, 40))).append("\r\n");
    if (random.nextInt(8) == 0) head.append("Authorization: ").append(pick(random, "Bearer x", "Bearer " + noise(random, 30), "Basic AAAA", "Bearer")).append("\r\n");
    if (random.nextInt(8) == 0) head.append(pick(random, "Range: bytes=0-,1-,2-", "Expect: 100-continue", "Expect: x", "Upgrade: h2c", "Content-Encoding: gzip", "Accept-Encoding: gzip;q=x", "X-Forwarded-For: 127.0.0.1",
        "Sec-Fetch-Site: cross-site", "If-None-Match: *", "mcp-session-id: " + noise(random, 20), "Last-Event-ID: ../x", "X-A: " + repeated("x", random.nextInt(20000)), " folded", "NoColon", ": empty", "A\0: b")).append("\r\n");
    byte[] body = new byte[0];
    String boundary = "x";
    if (!method.equals("GET") && !method.equals("HEAD")) {
      String type = pick(random, "application/json", "application/json", "application/json; charset=utf-16", "multipart/form-data; boundary=" + boundary, "multipart/form-data", "multipart/form-data; boundary=" + repeated("y", 300),
          "application/x-www-form-urlencoded", "text/plain", "application/xml", noise(random, 20));
      head.append("Content-Type: ").append(type).append("\r\n");
      String text = switch (random.nextInt(16)) {
        case 0 -> repeated("[", 1 + random.nextInt(60000));
        case 1 -> "{\"models\":" + repeated("[", 5000);
        case 2 -> "{\"models\":[\"" + pick(random, "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/", "http://169.254.169.254/latest/", "s3://b/k", "upload:../key", "catalogue:../x", "openai:http://127.0.0.1#x", "hf:../../x", "a++/etc", "../../key", "maven:../..:x:1", "npm:../x@1", "https://[::ffff:127.0.0.1]/x", "https://localhost:1/x") + "\",\"a\"]}";
        case 3 -> "{\"models\":[\"a\",\"b\"],\"controls\":[" + repeated("\"a\",", 200) + "\"a\"]}";
        case 4 -> "{\"models\":[\"" + repeated("a", random.nextInt(70000)) + "\"]}";
        case 5 -> "{\"kind\":\"" + noise(random, 30) + "\",\"models\":[1,null,{}]}";
        case 6 -> "{\"models\":[\"a\",\"b\"],\"thorough\":1e999999999}";
        case 7 -> "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + pick(random, "../../key", "..\\key", "a.json\0.sh", "/etc/passwd", "config.json", "CON.json", repeated("n", 5000) + ".json", "x.sh", "\u202e.json") + "\"\r\n\r\n" + noise(random, 3000) + "\r\n--x--\r\n";
        case 8 -> "--x\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\n";
        case 9 -> repeated("--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n1\r\n", random.nextInt(1500)) + "--x--\r\n";
        case 10 -> "form=" + repeated("0", 32) + "&kind=compare&a=" + repeated("%41", 10000);
        case 11 -> "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + pick(random, "initialize", "tools/call", "tools/list", "x", "") + "\",\"params\":" + pick(random, "{}", "[]", "null", "{\"name\":\"inspect\",\"arguments\":{\"models\":[\"/etc\"]}}", "{\"protocolVersion\":7}") + "}";
        case 12 -> "{\"jsonrpc\":\"2.0\",\"method\":" + repeated("{\"a\":", 2000) + "1" + repeated("}", 2000) + "}";
        case 13 -> "\ufeff{\"models\":[]}";
        case 14 -> "";
        default -> noise(random, 2000);
      };
      body = text.getBytes(random.nextBoolean() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
      switch (random.nextInt(12)) {
        case 0 -> head.append("Content-Length: ").append(pick(random, "-1", "99999999999999999999", "0x10", "1, 2", "999999", "")).append("\r\n");
        case 1 -> head.append("Transfer-Encoding: ").append(pick(random, "chunked", "chunked, identity", "xchunked", "gzip")).append("\r\n");
        case 2 -> head.append("Transfer-Encoding: chunked\r\nContent-Length: ").append(body.length).append("\r\n");
        default -> head.append("Content-Length: ").append(body.length).append("\r\n");
      }
    }
    head.append("Connection: close\r\n\r\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(head.toString().getBytes(random.nextInt(4) == 0 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    out.write(body);
    return out.toByteArray();
  }

  static long live(Server server) throws Exception {
    Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(server.process.pid()), "GC.class_histogram")
        .redirectErrorStream(true).start();
    String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher total = Pattern.compile("Total\\s+\\d+\\s+(\\d+)").matcher(text);
    return total.find() ? Long.parseLong(total.group(1)) : -1;
  }

  static String resources(Server server, Path data) throws Exception {
    Path proc = Path.of("/proc", String.valueOf(server.process.pid()));
    long files, threads, left;
    try (var list = Files.list(proc.resolve("fd"))) { files = list.count(); }
    try (var list = Files.list(proc.resolve("task"))) { threads = list.count(); }
    try (var list = Files.list(data.resolve("tmp"))) { left = list.count(); }
    return String.format("{\"openFiles\":%d,\"threads\":%d,\"liveHeapMegabytes\":%.1f,\"temporaryFiles\":%d}", files, threads, live(server) / 1e6, left);
  }

  static String hostile(int count, long seed) throws Exception {
    Path data = folder();
    Random random = new Random(seed);
    try (Server server = new Server(data); HttpClient boss = HttpClient.newHttpClient()) {
      String job = compare(boss, server, "a", "b", false);
      ended(boss, server, job);
      String authority = server.uri.getAuthority();
      Map<String, Integer> statuses = new TreeMap<>();
      List<String> bad = new ArrayList<>();
      List<String> forbidden = List.of("root:x:", data.toString(), models.toString(), "\tat dev.stemma", "\tat org.eclipse", "Exception", System.getProperty("user.home") + "/");
      String before = "";
      for (int number = -500; number < count; number++) { // 500 first, so that what is made once is made
        if (number == 0) {
          Thread.sleep(2000);
          before = resources(server, data);
        }
        byte[] request = request(random, authority, job);
        String status = "closed";
        try (Socket socket = new Socket()) {
          socket.bind(new InetSocketAddress("127." + (1 + Math.floorMod(number, 100)) + ".0.2", 0));
          socket.setSoTimeout(1500);
          socket.connect(new InetSocketAddress("127.0.0.1", server.uri.getPort()), 5000);
          ByteArrayOutputStream answer = new ByteArrayOutputStream();
          try {
            OutputStream out = socket.getOutputStream();
            out.write(request);
            out.flush();
            if (random.nextInt(10) == 0) socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[65536];
            for (int read = in.read(buffer); read >= 0 && answer.size() < 4_000_000; read = in.read(buffer)) answer.write(buffer, 0, read);
          } catch (SocketTimeoutException e) {
            status = "waits"; // a body that was promised and not sent
          } catch (SocketException e) {
            status = "reset";
          }
          String text = answer.toString(StandardCharsets.ISO_8859_1);
          Matcher line = Pattern.compile("^HTTP/1\\.[01] (\\d{3})").matcher(text);
          if (line.find()) status = line.group(1);
          if (status.startsWith("5") || forbidden.stream().anyMatch(text::contains)) {
            bad.add(new String(Arrays.copyOf(request, Math.min(300, request.length)), StandardCharsets.ISO_8859_1) + " -> " + text.substring(0, Math.min(300, text.length())));
          }
        }
        if (number >= 0) statuses.merge(status, 1, Integer::sum);
      }
      Thread.sleep(Long.getLong("idle", 65_000L)); // idle connections are closed after a minute
      int alive = get(boss, server.uri, "text/html").statusCode();
      String after = resources(server, data);
      for (String one : bad.subList(0, Math.min(20, bad.size()))) System.err.println("BAD " + one.replaceAll("[^\\x20-\\x7e\\n]", "?"));
      String errors = Files.readString(data.resolve("stderr.txt"));
      if (!errors.isBlank()) System.err.println(errors.substring(0, Math.min(4000, errors.length())));
      return String.format(
          "\"what\":\"%d hostile requests (paths, sizes, encodings, headers, bodies) from 100 addresses, seed %d\",\"statuses\":\"%s\",\"serverErrorsOrLeakedTexts\":%d,"
              + "\"defectsLogged\":%d,\"answersAfterwards\":%d,\"before\":%s,\"after\":%s",
          count, seed, statuses, bad.size(), errors.split("a defect of ours", -1).length - 1, alive, before, after);
    }
  }

  // ---------------------------------------------------------------------------------------------- kill

  static String kill(int times, long seed) throws Exception {
    Path data = folder();
    Random random = new Random(seed);
    Map<String, String> finished = new HashMap<>(); // job to its report
    List<String> accepted = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    Map<String, Integer> atKill = new TreeMap<>();
    for (int time = 0; time <= times; time++) {
      try (Server server = new Server(data); HttpClient client = HttpClient.newHttpClient()) {
        for (Map.Entry<String, String> known : finished.entrySet()) {
          String now = get(client, server.uri.resolve("/jobs/" + known.getKey() + "/report.json"), "*/*").body();
          if (!now.equals(known.getValue())) lost.add(known.getKey());
        }
        if (time < times) {
          for (int more = 0; more < 2 && accepted.size() < 3 * times; more++) {
            accepted.add(compare(client, server, "a", random.nextBoolean() ? "b" : "c", false));
          }
          // At any moment; or, every other time, just after a result.
          String first = accepted.get(random.nextInt(accepted.size()));
          for (int wait = 0; time % 2 == 1 && wait < 400 && !state(client, server, first).equals("done"); wait++) Thread.sleep(50);
          if (time % 2 == 0) Thread.sleep(random.nextInt(4000));
        }
        for (String id : accepted) {
          String state = time < times ? state(client, server, id) : ended(client, server, id);
          atKill.merge((time < times ? "at a kill " : "at the end ") + state, 1, Integer::sum);
          if (state.equals("lost")) lost.add(id);
          if (state.equals("done") && !finished.containsKey(id)) {
            finished.put(id, get(client, server.uri.resolve("/jobs/" + id + "/report.json"), "*/*").body());
          }
        }
        if (time < times) server.kill();
        System.err.println("kill " + time + " " + atKill + " lost " + lost.size());
      }
    }
    return String.format(
        "\"what\":\"killed with SIGKILL %d times while jobs ran, seed %d\",\"jobsAccepted\":%d,\"finished\":%d,\"lostOrChanged\":%d,\"states\":\"%s\"",
        times, seed, accepted.size(), finished.size(), lost.size(), atKill);
  }

  public static void main(String[] arguments) throws Exception {
    models = Path.of(arguments[0]).toAbsolutePath();
    Map<String, String> head = new LinkedHashMap<>();
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    String result = switch (arguments[1]) {
      case "start" -> start(Integer.parseInt(arguments[2]));
      case "browse" -> browse(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
      case "hostile" -> hostile(Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
      case "kill" -> kill(Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
      default -> throw new IllegalArgumentException(arguments[1]);
    };
    System.out.println("{\"command\":\"bench/run serve " + String.join(" ", Arrays.asList(arguments).subList(1, arguments.length)) + "\",\"load\":" + load
        + ",\"cores\":" + Runtime.getRuntime().availableProcessors() + "," + result + "}");
  }
}
