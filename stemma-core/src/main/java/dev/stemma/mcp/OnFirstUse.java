package dev.stemma.mcp;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A servlet that is made when somebody asks for it: most servers start without an agent. */
final class OnFirstUse extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient Supplier<HttpServlet> making;
  private transient @Nullable HttpServlet made;

  OnFirstUse(Supplier<HttpServlet> making) {
    this.making = making;
  }

  private synchronized HttpServlet servlet() throws ServletException {
    HttpServlet servlet = made;
    if (servlet == null) {
      servlet = making.get();
      servlet.init(getServletConfig());
      made = servlet;
    }
    return servlet;
  }

  @Override
  public void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    servlet().service(request, response);
  }

  @Override
  public synchronized void destroy() {
    HttpServlet servlet = made;
    if (servlet != null) {
      servlet.destroy();
    }
  }
}
