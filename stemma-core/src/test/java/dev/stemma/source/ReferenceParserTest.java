package dev.stemma.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceParserTest {
  @Test
  void readsEachForm() {
    assertThat(ModelReference.parse("some/folder"))
        .isEqualTo(new ModelReference.Local(Path.of("some/folder")));
    assertThat(ModelReference.parse("file:///some/folder"))
        .isEqualTo(new ModelReference.Local(Path.of("/some/folder")));
    assertThat(ModelReference.parse("./a:b")).isEqualTo(new ModelReference.Local(Path.of("./a:b")));
    assertThat(ModelReference.parse("maven:org.example:a-b_c:1.2.3-q"))
        .isEqualTo(new ModelReference.Maven("org.example", "a-b_c", "1.2.3-q"));
    assertThat(ModelReference.parse("npm:@scope/name@3.7.2"))
        .isEqualTo(new ModelReference.Npm("@scope/name", "3.7.2"));
    assertThat(ModelReference.parse("npm:name@1.0.0-rc.1"))
        .isEqualTo(new ModelReference.Npm("name", "1.0.0-rc.1"));
    assertThat(ModelReference.parse("npm:@scope/name@3.7.2")).hasToString("npm:@scope/name@3.7.2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "npm:name",
        "npm:name@latest",
        "npm:name@^1.2.3",
        "npm:name@1.x",
        "npm:name@1.2.3 || 2.0.0",
        "npm:name@1.2.3 --registry=x",
        "npm:--globalconfig=x@1.2.3",
        "npm:-g@1.2.3",
        "npm:@-g/x@1.2.3",
        "npm:x.tgz@1.2.3",
        "npm:x@1.2.3-rc.TGZ",
        "npm:x@1.2.3-rc.tar.gz",
        "npm:name@file:../x",
        "npm:file:x@1.2.3",
        "npm:git+ssh://host/x@1.2.3",
        "npm:user/repository@1.2.3",
        "npm:../x@1.2.3",
        "npm:./x@1.2.3",
        "npm:@scope/../x@1.2.3",
        "npm:alias@npm:other@1.2.3",
        "npm:Name@1.2.3",
        "maven:a:b",
        "maven:a:b:c:d",
        "maven:a:b:",
        "maven:a/../../x:b:1",
        "maven:..:b:1",
        "maven:a:b:[1,2)",
        "maven:a:b:LATEST",
        "maven:a:b:RELEASE",
        "maven:a:b:1.0-SNAPSHOT",
        "maven:a:b:${user.home}",
        "file:relative#x",
        "",
        "  ",
        "a\u0007b",
        "unknown:thing",
        "hf:",
        "hf:a/b/c",
        "hf:../x",
        "hf:a//b",
        "hf:a/b@",
        "hf:a/b@../main",
        "https://",
        "https://user:password@host/x",
        "https://host/a b",
        "https://0x7f.1/m",
      })
  void refusesWhatIsNotExact(String text) {
    assertThat(failure(text).code()).isEqualTo(ErrorCode.REFERENCE_SYNTAX);
  }

  @ParameterizedTest
  @CsvSource({
    "mavn:g:a:1, maven:group:artifact:version",
    "Mavem:g:a:1, maven:group:artifact:version",
    "nmp:x@1.0.0, npm:name@version",
    "hff:org/name, hf:org/name",
    "dev.example:artifact:1.0, Did you mean maven:dev.example:artifact:1.0?",
  })
  void suggestsWhatWasMeant(String text, String suggestion) {
    assertThat(failure(text).nextStep()).contains(suggestion);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai:u#m"})
  void saysThatAFormIsNotReadYet(String text) {
    assertThat(failure(text).code()).isEqualTo(ErrorCode.UNSUPPORTED_SOURCE);
  }

  @Test
  void readsTheHubAndAddresses() {
    assertThat(ModelReference.parse("hf:org/name"))
        .isEqualTo(new ModelReference.Hub("org/name", "main"));
    assertThat(ModelReference.parse("hf:gpt2@refs/pr/1"))
        .isEqualTo(new ModelReference.Hub("gpt2", "refs/pr/1"));
    assertThat(ModelReference.parse("HTTPS://host/x"))
        .isEqualTo(new ModelReference.Web(java.net.URI.create("HTTPS://host/x")));
  }

  private static ArtifactException failure(String text) {
    return catchThrowableOfType(ArtifactException.class, () -> ModelReference.parse(text));
  }
}
