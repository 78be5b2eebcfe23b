# Sets JAVA_HOME to a JDK 25 or newer, wherever this machine keeps one. Meant to be sourced. Starts no
# process as long as MUSTER_JAVA_HOME or JAVA_HOME is one: a short command would notice.
muster_is_jdk() { # whether $1 is a JDK that is new enough
  local line
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]] || continue
    [ "${BASH_REMATCH[1]}" -ge 25 ]
    return
  done <"$1/release"
  return 1
}

muster_first_jdk() { # sets JAVA_HOME to the first of these that is one
  local candidate
  for candidate in "$@"; do
    if [ -n "$candidate" ] && muster_is_jdk "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  return 1
}

muster_find_jdk() {
  local javac
  local -a candidates=()
  muster_first_jdk "${MUSTER_JAVA_HOME:-}" "${JAVA_HOME:-}" && return 0
  if command -v javac >/dev/null 2>&1; then
    javac=$(readlink -f "$(command -v javac)")
    candidates+=("${javac%/bin/javac}")
  fi
  candidates+=(/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*
    /Library/Java/JavaVirtualMachines/*/Contents/Home /usr/local/opt/openjdk*)
  muster_first_jdk "${candidates[@]}" && return 0
  echo "muster: no JDK 25 or newer found; install one, or set MUSTER_JAVA_HOME to it." >&2
  return 1
}

muster_find_jdk || exit 1
