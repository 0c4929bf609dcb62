import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves the files of a folder by range on loopback, each answer late by so many milliseconds. Usage: java RangeServer.java
 * FOLDER PORT MILLISECONDS. GET /sent gives the bytes and requests since the last such question.
 */
class RangeServer {
  static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  static final AtomicLong SENT = new AtomicLong(), REQUESTS = new AtomicLong();

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]).toRealPath();
    long late = Long.parseLong(arguments[2]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
      try (exchange) {
        answer(exchange, folder, late);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    server.start();
  }

  static void answer(HttpExchange exchange, Path folder, long late) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/sent")) {
      byte[] text = (SENT.getAndSet(0) + " " + REQUESTS.getAndSet(0) + "\n").getBytes();
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
      return;
    }
    Thread.sleep(late);
    REQUESTS.incrementAndGet();
    Path file = folder.resolve(path.substring(1)).normalize();
    if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    long size = Files.size(file);
    exchange.getResponseHeaders().set("ETag", "\"" + size + "\"");
    Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    long first = 0, last = size - 1;
    if (range.matches()) {
      first = Long.parseLong(range.group(1));
      last = Math.min(last, Long.parseLong(range.group(2)));
      exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + size);
    }
    exchange.sendResponseHeaders(range.matches() ? 206 : 200, last - first + 1);
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    try (FileChannel in = FileChannel.open(file); OutputStream out = exchange.getResponseBody()) {
      for (long at = first; at <= last; ) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), last - at + 1));
        int count = in.read(buffer, at);
        out.write(buffer.array(), 0, count);
        at += count;
        SENT.addAndGet(count);
      }
    }
  }
}
