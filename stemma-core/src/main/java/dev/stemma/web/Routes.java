package dev.stemma.web;

import io.javalin.http.Handler;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;

/** Every address of the server, in one list. */
final class Routes {
  private Routes() {}

  /** One address. */
  record Route(String method, String path, Handler handler) {}

  static List<Route> of(App app) {
    PageHandlers pages = new PageHandlers(app);
    ReportPages reports = new ReportPages(app);
    JobHandlers jobs = new JobHandlers(app, reports);
    ApiHandlers api = new ApiHandlers(app, jobs);
    EventHandlers events = new EventHandlers(app);
    return List.of(
        get("/", pages::home),
        get("/jobs", pages::history),
        get("/catalogue", pages::catalogue),
        get("/catalogue/model", pages::model),
        get("/api", pages::api),
        get("/login", pages::login),
        post("/login", pages::enter),
        post("/logout", pages::leave),
        get("/assets/{name}", app.assets()::serve),
        get("/favicon.ico", Assets::icon),
        post("/jobs", jobs::add),
        get("/jobs/{id}", jobs::show),
        get("/jobs/{id}/events", events::events),
        get("/jobs/{id}/report.{name}", reports::file),
        get("/jobs/{id}/share", jobs::sharePage),
        post("/jobs/{id}/share", jobs::share),
        post("/jobs/{id}/unshare", jobs::unshare),
        post("/jobs/{id}/cancel", jobs::cancel),
        post("/jobs/{id}/again", jobs::again),
        post("/jobs/{id}/delete", jobs::delete),
        get("/shared/{secret}", jobs::shared),
        get("/api/openapi.json", api::openapi),
        get("/api/catalogue", api::catalogue),
        post("/api/uploads", api::upload),
        get("/api/jobs", api::list),
        post("/api/jobs", api::add),
        get("/api/jobs/{id}", api::show),
        new Route("DELETE", "/api/jobs/{id}", api::delete),
        get("/api/jobs/{id}/events", events::events),
        get("/api/jobs/{id}/report.{name}", reports::file),
        post("/api/jobs/{id}/cancel", api::cancel),
        post("/api/jobs/{id}/share", api::share),
        post("/api/jobs/{id}/unshare", api::unshare));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, handler);
  }

  private static Route post(String path, Handler handler) {
    return new Route("POST", path, handler);
  }

  static void add(List<Route> routes, JavalinDefaultRoutingApi to) {
    for (Route route : routes) {
      switch (route.method()) {
        case "GET" -> to.get(route.path(), route.handler());
        case "POST" -> to.post(route.path(), route.handler());
        default -> to.delete(route.path(), route.handler());
      }
    }
  }
}
