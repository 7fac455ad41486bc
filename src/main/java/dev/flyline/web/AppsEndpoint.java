package dev.flyline.web;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Verdict;
import dev.flyline.log.AppName;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/** {@code GET /v1/apps}: the apps that a token grants, sorted. */
public final class AppsEndpoint implements Endpoint {

  private final Credentials credentials;

  public AppsEndpoint(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public void mount(Router router) {
    Resource.readable("/v1/apps", this::answer).mount(router);
  }

  private void answer(HttpServerRequest request) {
    credentials.judge(request, verdict -> answer(request, verdict));
  }

  private static void answer(HttpServerRequest request, Verdict verdict) {
    request.resume(); // it may be paused
    switch (verdict) {
      case Grant grant -> Resource.respond(request, "application/json", list(grant).toBuffer());
      case Refusal refusal -> Credentials.error(refusal).send(request);
    }
  }

  private static JsonObject list(Grant grant) {
    var names = grant.apps().stream().sorted().map(AppName::value).toList();
    return new JsonObject().put("apps", new JsonArray(names));
  }
}
