package dev.flyline.web;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Verdict;
import dev.flyline.log.AppName;
import io.vertx.core.Future;
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
    Future<Verdict> verdict = credentials.verdict(request);
    if (verdict.isComplete()) {
      answer(request, verdict.result());
      return;
    }
    request.pause(); // whatever else the client sends waits for the verdict
    verdict.onSuccess(
        late -> {
          if (!request.response().closed()) {
            request.resume();
            answer(request, late);
          }
        });
  }

  private static void answer(HttpServerRequest request, Verdict verdict) {
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
