# Sets JAVA_HOME to a JDK 25 or newer, wherever this machine keeps one. Meant to be sourced.
muster_jdk_version() { # prints the feature version of the JDK in $1, nothing when there is none
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

muster_find_jdk() {
  local candidate version
  local -a candidates=("${MUSTER_JAVA_HOME:-}" "${JAVA_HOME:-}")
  if command -v javac >/dev/null 2>&1; then
    candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
  fi
  candidates+=(/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*
    /Library/Java/JavaVirtualMachines/*/Contents/Home /usr/local/opt/openjdk*)
  for candidate in "${candidates[@]}"; do
    [ -n "$candidate" ] || continue
    version=$(muster_jdk_version "$candidate") || continue
    if [ -n "$version" ] && [ "$version" -ge 25 ]; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "muster: no JDK 25 or newer found; install one, or set MUSTER_JAVA_HOME to it." >&2
  return 1
}

muster_find_jdk || exit 1
