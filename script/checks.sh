# shellcheck shell=sh
# The checks of script/test that are not Java's: scripts, the image's runtime, deployment files and
# README's snippets. Sourced by script/test, after Maven has built target/flyline.
: "${root:?}" "${JAVA_HOME:?}"

passed=0
failed=0
skipped=0
scratch=$(mktemp -d)
router=
trap '[ -z "$router" ] || kill "$router"; rm -rf "$scratch"' EXIT
secret=only-for-a-check-of-32-bytes-or-more
cluster_secret=VGhpcyBpcyBubyBzZWNyZXQgYnV0IGEgY2hlY2snc3
image=$scratch/image # what the Dockerfile's build stage leaves
flyline=$image/target/flyline/bin/flyline
runtime=$image/target/jre

# check NAME COMMAND...: one check. What it prints is shown if it fails.
check() {
  name=$1
  shift
  # Not as a condition: there the shell would not end a check at its first command that fails.
  set +e
  (set -e; "$@") >"$scratch/output" 2>&1
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    sed 's/^/        /' "$scratch/output"
  fi
}

# check_with TOOL NAME COMMAND...: a check that is left out where its tool is missing.
check_with() {
  tool=$1
  shift
  if command -v "$tool" >/dev/null; then
    check "$@"
  else
    skipped=$((skipped + 1))
    echo "skipped $1: no $tool here"
  fi
}

# --- scripts ---

scripts=$(grep -l '^#!/bin/sh$' "$root"/bin/* "$root"/script/* "$root"/.ci/run)

scripts_parse() {
  for file in $scripts; do
    [ -x "$file" ] || { echo "$file is not executable" && return 1; }
    sh -n "$file" || return 1
  done
}

scripts_are_clean() {
  # shellcheck disable=SC2086
  shellcheck -x -P "$root" $scripts
}

# A made-up Java home of version $1 in folder $2.
made_up_java() {
  mkdir -p "$2/bin"
  printf '#!/bin/sh\n' | tee "$2/bin/java" >"$2/bin/javac"
  chmod +x "$2/bin/java" "$2/bin/javac"
  echo "JAVA_VERSION=\"$1\"" >"$2/release"
}

# The one that is found instead may be this machine's or the made-up one among a user's own.
older_java_is_passed_over() {
  made_up_java 17.0.15 "$scratch/java17"
  made_up_java 25.0.1 "$scratch/home/.sdkman/candidates/java/25.0.1-tem"
  found=$(JAVA_HOME=$scratch/java17 PATH="$scratch/java17/bin:$PATH" HOME=$scratch/home \
    "$root/bin/find-java" --jdk)
  [ -n "$found" ]
  [ "$found" != "$scratch/java17" ]
}

java_home_comes_first() {
  made_up_java 26-ea "$scratch/java26"
  [ "$(JAVA_HOME=$scratch/java26 "$root/bin/find-java" --jdk)" = "$scratch/java26" ]
}

path_is_followed_through_links() {
  made_up_java 25 "$scratch/java25"
  mkdir -p "$scratch/path"
  ln -s ../java25/bin/java "$scratch/path/java"
  [ "$(JAVA_HOME='' PATH="$scratch/path:$PATH" "$root/bin/find-java")" = "$scratch/path/../java25" ]
}

# --- benchmarks ---

# They know the insides of what they measure, and no other build compiles them. What they measure
# has just been compiled.
benchmarks_compile() {
  cd "$root"
  mvn -q -B -Dstyle.color=never -Dfmt.skip=true -Dmaven.main.skip=true -Pjmh test-compile
}

# --- the image ---

# The build stage without Docker: its RUN line, among the files that .dockerignore lets through.
image_builds() {
  mkdir "$image"
  sed -n 's/^!//p' "$root/.dockerignore" >"$scratch/sent"
  while IFS= read -r file; do
    mkdir -p "$image/$(dirname "$file")"
    cp -R "$root/$file" "$image/$file"
  done <"$scratch/sent"
  cd "$image"
  run=$(sed -n 's/^RUN \(--[^ ]* \)*//p' "$root/Dockerfile")
  [ -n "$run" ]
  sh -ec "$run"
}

# In the image's surroundings: its runtime, and nothing else that this machine has set.
become_image() {
  exec env -i PATH=/usr/bin:/bin JAVA_HOME="$runtime" FLYLINE_NATS_URL="nats://[::1]:9" \
    FLYLINE_AUTH_HMAC_SECRET=$secret "$@"
}

in_image() {
  (become_image "$@")
}

image_uses_its_runtime() {
  in_image "$image/bin/find-java" | grep -qx "$runtime"
}

image_runs_by_a_link() {
  ln -s "$flyline" "$scratch/flyline"
  cd /
  in_image "$scratch/flyline" --version >"$scratch/version" 2>"$scratch/warnings" || true
  cat "$scratch/version" "$scratch/warnings"
  grep -q '[0-9]' "$scratch/version"
  [ ! -s "$scratch/warnings" ]
}

# Copied as the Dockerfile's last stage copies it; a JVM that must have the cache ends without it.
image_takes_its_cache() {
  mkdir "$scratch/opt"
  cp -a "$runtime" "$scratch/opt/java"
  cp -a "$image/target/flyline" "$scratch/opt/flyline"
  env -i PATH=/usr/bin:/bin JAVA_HOME="$scratch/opt/java" JAVA_OPTS=-XX:AOTMode=on \
    "$scratch/opt/flyline/bin/flyline" serve --help
}

# Without a word: the router lacks nothing.
image_passes_over_another_cache() {
  touch "$scratch/opt/flyline/lib/flyline.jar"
  env -i PATH=/usr/bin:/bin JAVA_HOME="$scratch/opt/java" \
    "$scratch/opt/flyline/bin/flyline" serve --help >"$scratch/help" 2>&1
  head -n 5 "$scratch/help"
  head -n 1 "$scratch/help" | grep -q '^Usage: flyline serve'
}

image_accepts_settings() {
  in_image "$flyline" config --check
}

# The names in fly.toml are settings that exist, with values that pass beside the secrets.
fly_settings_are_known() {
  sed -n 's/^ *\(FLYLINE_[A-Z_]*\) *= *"\(.*\)".*/\1=\2/p' "$root/fly.toml" >"$scratch/env"
  grep -q . "$scratch/env"
  # what Fly sets in every machine
  printf 'FLY_PRIVATE_IP=fdaa:0:1::3\nFLY_APP_NAME=example\n' >>"$scratch/env"
  set -- FLYLINE_NATS_TOKEN=any FLYLINE_CLUSTER_SECRET=$cluster_secret
  while IFS= read -r line; do
    set -- "$@" "$line"
  done <"$scratch/env"
  in_image env "$@" "$flyline" config --check
}

# start_router SETTING...: as the image starts it. Its NATS server is away, which it must bear.
start_router() {
  port=$((20000 + $$ % 10000))
  become_image FLYLINE_DRAIN=0s FLYLINE_HTTP_PORT=$port FLYLINE_OPS_PORT=$((port + 1)) "$@" \
    "$flyline" serve >"$scratch/serve" 2>&1 &
  router=$!
}

# A member with nobody else on its list: Hazelcast runs on the image's runtime too.
start_member() {
  start_router FLYLINE_CLUSTER=static FLYLINE_CLUSTER_HOST=127.0.0.1 \
    FLYLINE_CLUSTER_PORT=$((port + 2)) FLYLINE_CLUSTER_PEERS="127.0.0.1:$((port + 2))" \
    FLYLINE_CLUSTER_SECRET=$cluster_secret
}

# It has joined a cluster of itself alone, and says so.
member_is_alone() {
  router_answers >/dev/null
  curl -fsS --max-time 60 "http://127.0.0.1:$((port + 1))/v1/cluster" >"$scratch/cluster"
  cat "$scratch/cluster" "$scratch/serve"
  [ "$(grep -o '"address":"[^"]*"' "$scratch/cluster")" = "\"address\":\"127.0.0.1:$((port + 2))\"" ]
  grep -q 'has joined; routers' "$scratch/serve"
}

# Asked until it is ready or gone: a member answers that it lives before it has joined.
router_answers() {
  until curl -fs --fail-early --max-time 60 \
    "http://127.0.0.1:$port/health/ready" "http://127.0.0.1:$((port + 1))/metrics"; do
    kill -0 "$router" 2>/dev/null || { cat "$scratch/serve" && return 1; }
    sleep 1
  done
}

# Sends SIGTERM to the very process that was started: the shell of bin/flyline has become the JVM.
# Sets $ended to its exit status, which is that of SIGKILL if 30 seconds were not enough for it.
stop_router() {
  kill -TERM "$router" 2>/dev/null || true
  waited=0
  while kill -0 "$router" 2>/dev/null && [ "$waited" -lt 30 ]; do
    sleep 1
    waited=$((waited + 1))
  done
  kill -KILL "$router" 2>/dev/null || true
  ended=0
  wait "$router" || ended=$?
}

# 143 is what a JVM reports that SIGTERM has ended in order.
router_ended_in_order() {
  cat "$scratch/serve"
  if grep -E '[[:upper:]] .*(Failed to leave|unhandled exception)' "$scratch/serve"; then
    return 1
  fi
  [ "$ended" = 0 ] || [ "$ended" = 143 ]
}

# --- deployment files ---

dockerfile_is_sound() {
  grep -q '^USER [1-9]' "$root/Dockerfile"
  grep -q '^ENTRYPOINT \["/opt/flyline/bin/flyline"\]$' "$root/Dockerfile"
  grep -q '^EXPOSE 8080 9091$' "$root/Dockerfile"
}

fly_toml_is_sound() {
  python3 - "$root/fly.toml" "$root/conf/hazelcast.xml" <<'PYTHON'
import re, sys, tomllib
fly = tomllib.load(open(sys.argv[1], "rb"))
def seconds(text):
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]
def hazelcast(name):
    return int(re.search(f'name="hazelcast.{name}">(\\d+)<', open(sys.argv[2]).read())[1])
service = fly["http_service"]
assert fly["kill_signal"] == "SIGTERM"
assert seconds(fly["kill_timeout"]) >= seconds(fly["env"]["FLYLINE_DRAIN"]) + 10, "no time to stop"
# 2 s until it is noticed, 3 s of refusing, 15 s of handing over, then Hazelcast's part
leaving = hazelcast("operation.call.timeout.millis") / 1000 + hazelcast("graceful.shutdown.max.wait")
assert seconds(fly["kill_timeout"]) > 2 + 3 + 15 + leaving, "no time to leave the cluster"
assert service["internal_port"] == 8080 and fly["metrics"]["port"] == 9091
assert service["auto_stop_machines"] == "off"
assert [check["path"] for check in service["checks"]] == ["/health/ready"]
assert not [name for name in fly["env"] if "SECRET" in name or "TOKEN" in name], "a secret"
PYTHON
}

k6_script_parses() {
  cp "$root/k6/smoke.js" "$scratch/smoke.mjs"
  node --check "$scratch/smoke.mjs"
}

# --- the page ---

page_modules_pass() {
  node --test "$root"/src/test/js/*.test.js
}

# FLYLINE_FUZZ_SEED gives other payloads; a failure names the seed.
page_bears_any_payload() {
  node "$root/src/test/js/fuzz.js"
}

# --- README ---

# Prints README's block of the language $1 that follows the heading "Sign tokens".
snippet() {
  awk -v fence="\`\`\`$1" '/^## /{on = /Sign tokens/} /^```$/{code = 0} on && code; $0 == fence{code = 1}' \
    "$root/README.md"
}

# README's snippet of a language, run, gives a token that the router takes for what it says.
snippet_signs() { # LANGUAGE FILE COMMAND...
  snippet "$1" >"$scratch/$2"
  [ -s "$scratch/$2" ]
  file=$2
  shift 2
  token=$(FLYLINE_AUTH_HMAC_SECRET=$secret "$@" "$scratch/$file")
  curl -fsS -H "Authorization: Bearer $token" "http://127.0.0.1:$port/v1/apps" >"$scratch/apps"
  cat "$scratch/apps"
  grep -q '"shop"' "$scratch/apps"
  grep -q '"blog"' "$scratch/apps"
}

check "scripts parse and can be run" scripts_parse
check_with shellcheck "scripts pass shellcheck" scripts_are_clean
check "find-java passes over an older Java" older_java_is_passed_over
check "find-java takes JAVA_HOME first" java_home_comes_first
check "find-java follows the PATH's links" path_is_followed_through_links
check "the benchmarks of pieces of code compile" benchmarks_compile
check "the image's build stage runs" image_builds
check "the image uses its own runtime" image_uses_its_runtime
check "flyline --version runs by a link, without a warning" image_runs_by_a_link
check "the image's cache for quick starts fits" image_takes_its_cache
check "a cache of other jars is passed over" image_passes_over_another_cache
check "flyline config --check runs on the image's runtime" image_accepts_settings
check "fly.toml names settings that exist" fly_settings_are_known
check "the Dockerfile is sound" dockerfile_is_sound
if python3 -c 'import tomllib' 2>/dev/null; then
  check "fly.toml is sound" fly_toml_is_sound
else
  skipped=$((skipped + 1))
  echo "skipped fly.toml is sound: no python3 of 3.11 or newer here"
fi
check_with node "k6/smoke.js parses" k6_script_parses
check_with node "the page's modules pass their tests" page_modules_pass
check_with node "the page shows 100,000 random payloads" page_bears_any_payload
grep '^slowest' "$scratch/output" 2>/dev/null | sed 's/^/        /' || true
if command -v curl >/dev/null; then
  start_router
  check "flyline serve answers on both ports" router_answers
  check_with node "README's Node snippet signs a token" snippet_signs js sign.mjs node
  check_with python3 "README's Python snippet signs a token" snippet_signs python sign.py python3
  check "README's Java snippet signs a token" snippet_signs java Sign.java "$JAVA_HOME/bin/java"
  stop_router
  router=
  check "SIGTERM ends flyline serve in order" router_ended_in_order
  start_member
  check "a member of a cluster starts on the image's runtime" member_is_alone
  stop_router
  router=
  check "SIGTERM lets a member leave in order" router_ended_in_order
else
  skipped=$((skipped + 7))
  echo "skipped flyline serve and README's snippets: no curl here"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
