package dev.flyline.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;

/** A request without a connection: a path as it was sent, its query, and headers. */
public final class AskedRequest {

  private AskedRequest() {}

  /**
   * A request for {@code uri}; anything else that is asked of it throws {@link
   * UnsupportedOperationException}.
   *
   * @param headers each as {@code Name: value}
   */
  public static HttpServerRequest of(String uri, String... headers) {
    var query = MultiMap.caseInsensitiveMultiMap();
    var decoder = new QueryStringDecoder(uri);
    decoder.parameters().forEach(query::add);
    var fields = MultiMap.caseInsensitiveMultiMap();
    for (String header : headers) {
      int colon = header.indexOf(": ");
      fields.add(header.substring(0, colon), header.substring(colon + 2));
    }
    return (HttpServerRequest)
        Proxy.newProxyInstance(
            AskedRequest.class.getClassLoader(),
            new Class<?>[] {HttpServerRequest.class},
            (_, method, args) ->
                switch (method.getName()) {
                  case "path" -> decoder.rawPath();
                  case "params" -> query;
                  case "getParam" -> query.get((String) args[0]);
                  case "headers" -> fields;
                  case "getHeader" -> fields.get((CharSequence) args[0]);
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }
}
