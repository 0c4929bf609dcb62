package dev.stemma.web.pages;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.report.Html;
import dev.stemma.report.Html.Element;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The login, what went wrong, and how programs ask. */
public final class OtherPages {
  private OtherPages() {}

  /** The login. */
  public static String login(View view, boolean wrong) {
    Element form = view.form("/login");
    if (wrong) {
      form.add(styled("p", "alert", view.get("login.wrong")).with("role", "alert"));
    }
    form.add(
        element("label", view.get("login.token")).with("for", "token"),
        element("input")
            .with("type", "password")
            .with("id", "token")
            .with("name", "token")
            .with("autocomplete", "current-password")
            .with("required", ""),
        styled("div", "actions").add(styled("button", "main", view.get("login.enter"))));
    return view.page(
        view.get("login.title"),
        element("h1", view.get("login.title")),
        element("p", view.get("login.lead")),
        form);
  }

  /** Something went wrong; with its parts where they are known. */
  public static String problem(View view, int status, @Nullable JsonNode problem) {
    List<Html.Node> main = new ArrayList<>();
    main.add(element("h1", view.get("error.title")));
    if (problem == null) {
      main.add(element("p", view.texts().getOr("error." + status, view.get("error.400"))));
    } else {
      main.add(JobPage.problem(view, problem));
    }
    main.add(element("p").add(element("a", view.get("error.home")).to("href", "/")));
    return view.page(view.get("error.title"), main, false);
  }

  /** How programs ask. */
  public static String api(View view, String origin, boolean token) {
    String login = token ? " -H 'Authorization: Bearer '\"$STEMMA_TOKEN\"" : "";
    String example =
        "curl"
            + login
            + " -H 'Content-Type: application/json' "
            + origin
            + "/api/jobs \\\n  -d '{\"kind\":\"compare\",\"models\":[\"hf:org/a\",\"hf:org/b\"]}'\n"
            + "curl"
            + login
            + " "
            + origin
            + "/api/jobs/ID\n"
            + "curl"
            + login
            + " "
            + origin
            + "/api/jobs/ID/report.json";
    return view.page(
        view.get("api.title"),
        element("h1", view.get("api.title")),
        element("p", view.get("api.lead")),
        element("p").add(element("a", view.get("api.openapi")).to("href", "/api/openapi.json")),
        element("h2", view.get("api.example")),
        element("pre").with("tabindex", "0").add(element("code", example)),
        element("h2", view.get("api.mcp")),
        element("p").text(view.get("api.mcp.lead") + " ").add(element("code", origin + "/mcp")));
  }
}
