# shellcheck shell=sh
# What the scripts here share: finding a JDK, and installing what a run needs and does not find.
# Sourced with the repository's root in $root.
: "${root:?}"

nats_server_version=v2.15.2 # for "go install", where the distribution has no package of it

# Tools that an earlier run installed, and folders that an ordinary user's PATH may lack.
tools=$root/target/tools
PATH=$tools:$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() {
  echo "${0##*/}: $*" >&2
}

fail() {
  say "$*"
  exit 1
}

# Runs a command as root, or fails without asking anybody for a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Installs packages of the distribution. Fails if it has none of apt, root and these packages.
apt_install() {
  command -v apt-get >/dev/null && as_root true 2>/dev/null || return 1
  say "installing $*"
  mkdir -p "$root/target"
  apt_log=$root/target/apt.log
  apt_quietly install "$@" ||
    { as_root apt-get -q update >>"$apt_log" 2>&1 && apt_quietly install "$@"; } ||
    { tail -n 5 "$apt_log" >&2 && return 1; }
}

# RUNLEVEL=1 keeps a package from starting its service: only its program is wanted.
apt_quietly() {
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get -q -y --no-install-recommends "$@" >>"$apt_log" 2>&1
}

# Sets JAVA_HOME to a JDK of 25 or newer, and Maven's flags for it.
find_jdk() {
  JAVA_HOME=$("$root/bin/find-java" --jdk) ||
    fail "needs a JDK 25 or newer: install it (package temurin-25-jdk or openjdk-25-jdk) or set JAVA_HOME"
  # Maven's own libraries use what Java 25 warns of; the warnings would hide the build's.
  MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
  export JAVA_HOME MAVEN_OPTS
}

ensure_maven() {
  command -v mvn >/dev/null || apt_install maven ||
    fail "needs Maven: install the package maven (or https://maven.apache.org) and run this again"
}

ensure_nats_server() {
  command -v nats-server >/dev/null || apt_install nats-server || go_install_nats_server ||
    fail "needs nats-server: install the package nats-server (or https://nats.io/download) and run this again"
}

go_install_nats_server() {
  command -v go >/dev/null || return 1
  say "installing nats-server $nats_server_version with go"
  GOBIN=$tools go install "github.com/nats-io/nats-server/v2@$nats_server_version" >&2
}

ensure_chromium() {
  { command -v chromium || command -v google-chrome; } >/dev/null &&
    command -v chromedriver >/dev/null || apt_install chromium chromium-driver ||
    fail "needs Chromium and its driver: install the packages chromium and chromium-driver and run this again"
}

# Clients, proxies and their like that others have written, for RealClientsIT. What cannot be
# installed is told in one line, and its tests are skipped.
ensure_real_clients() {
  ensure_node_clients || say "the tests of npm's clients are skipped: needs node 20, npm and its registry"
  ensure_python_clients || say "the tests of PyPI's clients are skipped: needs python3 with venv, and PyPI"
  for proxy in nginx haproxy; do
    command -v "$proxy" >/dev/null || apt_install "$proxy" ||
      say "the tests of $proxy are skipped: install the package $proxy"
  done
}

# client_versions FILE FOLDER: whether what FILE pins has been installed in FOLDER.
client_versions() {
  cmp -s "$1" "$2/.installed"
}

ensure_node_clients() {
  pinned=$root/src/test/clients/package-lock.json
  folder=$root/target/clients/node
  client_versions "$pinned" "$folder" && return 0
  { command -v node && command -v npm; } >/dev/null || apt_install nodejs npm || return 1
  say "installing clients from npm"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$root/src/test/clients/package.json" "$pinned" "$folder"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || return 1
  cp "$pinned" "$folder/.installed"
}

ensure_python_clients() {
  pinned=$root/src/test/clients/requirements.txt
  folder=$root/target/clients/python
  client_versions "$pinned" "$folder" && return 0
  command -v python3 >/dev/null || apt_install python3 python3-venv || return 1
  say "installing clients from PyPI"
  rm -rf "$folder"
  python3 -m venv "$folder" || { apt_install python3-venv && python3 -m venv "$folder"; } || return 1
  "$folder/bin/pip" --quiet --disable-pip-version-check install --no-deps -r "$pinned" >&2 || return 1
  cp "$pinned" "$folder/.installed"
}

# The checks that need it say that they are left out where it cannot be installed.
ensure_node() {
  command -v node >/dev/null || apt_install nodejs || true
}
