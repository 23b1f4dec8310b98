# shellcheck shell=sh disable=SC2154
# Finds a JDK 25 or newer, or fetches one into the user's cache. A part of ./orderwire, which sets root.

is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${major:-0}" -ge 25 ]
}

# Sets java_home to the first JDK 25 or newer; fails where there is none.
find_jdk() {
  on_path=$(command -v java || :)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" || :)
  fi
  by_macos=$(/usr/libexec/java_home -v 25+ 2>/dev/null || :)
  for java_home in "${JAVA_HOME-}" "${on_path%/bin/java}" /usr/lib/jvm/* /opt/* /opt/java/* /opt/jdk/* \
    "${HOME-}"/.sdkman/candidates/java/* "$by_macos" "$fetched_jdk"; do
    if is_jdk "$java_home"; then
      return 0
    fi
  done
  return 1
}

# The call of fetch_jdk is no condition, so that set -e holds in it.
need_jdk() {
  find_jdk && return 0
  if may_install && install_one_of openjdk-25-jdk-headless temurin-25-jdk && find_jdk; then
    return 0
  fi
  (fetch_jdk)
  find_jdk || fail "$fetched_jdk holds no JDK. Delete it, and run this again."
}

# --- Fetching ---------------------------------------------------------------------------------

# The XDG base directory specification says to ignore a path that is not absolute.
case ${XDG_CACHE_HOME-} in
  /*) cache=$XDG_CACHE_HOME/orderwire ;;
  *) cache=${HOME-}/.cache/orderwire ;;
esac
temurin_version=$(sed -n 's/^version //p' "$root/launcher/temurin")
fetched_jdk=$cache/temurin-$temurin_version

# fail_without_jdk REASON WAY_OUT
fail_without_jdk() {
  fail "a JDK 25 or newer is missing, and $1. $2" \
    "Or install a JDK 25 or newer (https://adoptium.net), and set JAVA_HOME to its folder."
}

# Sets os and cpu to Adoptium's names for this machine, and checksum to that of its JDK, if there is one.
name_build() {
  os=$(uname -s) cpu=$(uname -m) checksum=
  case $os in
    Linux)
      os=linux
      case $(ldd --version 2>&1) in
        *musl*) os=alpine-linux ;;
      esac
      ;;
    Darwin) os=mac ;;
  esac
  case $cpu in
    x86_64 | amd64) cpu=x64 ;;
    arm64) cpu=aarch64 ;;
  esac
  while read -r known_os known_cpu known_checksum; do
    [ "$known_os $known_cpu" != "$os $cpu" ] || checksum=$known_checksum
  done <"$root/launcher/temurin"
}

# Prints the address of a file: in the folder of a mirror or of the release. A mirror may also be the file.
address_of() {
  release=https://github.com/adoptium/temurin25-binaries/releases/download/jdk-${temurin_version%+*}%2B${temurin_version#*+}
  base=${ORDERWIRE_JDK_URL:-$release}
  case $base in
    *.tar.gz | *.tar.gz\?*) printf '%s\n' "$base" ;;
    *) printf '%s\n' "${base%/}/$1" ;;
  esac
}

# download URL FILE
download() {
  if command -v curl >/dev/null; then
    progress=-sS
    [ ! -t 2 ] || progress=--progress-bar
    curl -fL "$progress" --connect-timeout 20 --speed-time 60 --speed-limit 1000 -o "$2" "$1"
  else
    wget -nv -T 60 -t 2 -O "$2" "$1"
  fi
}

checksum_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  else
    shasum -a 256 <"$1"
  fi | sed 's/ .*//'
}

# Makes fetched_jdk, which appears whole or not at all, also if several commands fetch it at once. Runs in a
# subshell: the trap is for its own folder.
fetch_jdk() {
  name_build
  [ -n "$checksum" ] ||
    fail "a JDK 25 or newer is missing, and Temurin $temurin_version has no build for $os on $cpu." \
      "Install a JDK 25 or newer from a package of your system, and set JAVA_HOME to its folder."
  command -v curl >/dev/null || command -v wget >/dev/null ||
    fail_without_jdk "so are curl and wget, to fetch one" "Install curl, and run this again."
  command -v sha256sum >/dev/null || command -v shasum >/dev/null ||
    fail_without_jdk "so are sha256sum and shasum, to verify one" "Install coreutils, and run this again."
  work=$(mkdir -p "$cache" && mktemp -d "$cache/fetching-XXXXXX") ||
    fail_without_jdk "$cache takes no file: see above" \
      "Make room there and make it writable, or set XDG_CACHE_HOME to another cache folder."
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  # What killed commands left behind.
  find "$cache" -maxdepth 1 -name 'fetching-*' -mtime +0 -exec rm -rf {} + || :

  file=OpenJDK25U-jdk_${cpu}_${os}_hotspot_$(printf %s "$temurin_version" | tr + _).tar.gz
  url=$(address_of "$file")
  say "found no JDK 25 or newer: fetching Temurin $temurin_version (130 MB) from $url into $cache"
  download "$url" "$work/$file" ||
    fail_without_jdk "$url does not give one: see above" \
      "Run this again, set https_proxy to your proxy, or set ORDERWIRE_JDK_URL to a folder with $file."
  found=$(checksum_of "$work/$file")
  [ "$found" = "$checksum" ] ||
    fail_without_jdk "$url gave another file than Temurin $temurin_version, whose SHA-256 is $checksum and not $found" \
      "Run this again, or set ORDERWIRE_JDK_URL to a folder with $file."
  mkdir "$work/unpacked"
  # With -o the files belong to this user, also if root unpacks them.
  tar -xzof "$work/$file" -C "$work/unpacked" ||
    fail_without_jdk "a fetched one cannot be unpacked in $cache: see above" \
      "Make room there, and install tar and gzip."
  set -- "$work"/unpacked/*
  home=$1
  [ ! -d "$home/Contents/Home" ] || home=$home/Contents/Home
  "$home/bin/java" -version 2>"$work/java" ||
    fail_without_jdk "Temurin $temurin_version for $os on $cpu does not run here: $(cat "$work/java")" \
      "Install one from a package of your system."
  # If another command was faster, mv moves this JDK into that one.
  own_name=${work##*/}
  mv "$home" "$work/$own_name"
  mv "$work/$own_name" "$fetched_jdk"
  rm -rf "${fetched_jdk:?}/$own_name"
}
