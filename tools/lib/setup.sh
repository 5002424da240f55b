# What the tools share: where things are, and how what is missing is installed. Sourced, not run.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
weir_folder="$root/.weir"

# absolute PATH: so that it holds wherever a process runs.
absolute() { case "$1" in /*) echo "$1" ;; *) echo "$PWD/$1" ;; esac }

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# As root, or through sudo where it asks for no password.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# need_packages NAME...: installs the Debian packages that are missing.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    say "installing ${missing[*]}"
    as_root true 2>/dev/null || die "these packages are missing, and only root can install them: apt-get install ${missing[*]}"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    as_root "${apt[@]}" update >/dev/null
    as_root "${apt[@]}" -y install --no-install-recommends "${missing[@]}" >/dev/null
}

need_build_packages() {
    need_packages libpq-dev libmicrohttpd-dev libcurl4-openssl-dev libssl-dev pkg-config postgresql
    command -v swift >/dev/null || die "Swift is missing; install 6.2 or newer from https://www.swift.org/install"
}

# need_python: a Python environment with what tools/requirements.txt names, in .venv.
need_python() {
    local stamp="$root/.venv/.requirements"
    cmp -s "$root/tools/requirements.txt" "$stamp" 2>/dev/null && return
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv || return
    say "installing $(grep -vc '^#' "$root/tools/requirements.txt") Python packages into .venv"
    python3 -m venv "$root/.venv" \
        && "$root/.venv/bin/pip" install --quiet --no-input --disable-pip-version-check -r "$root/tools/requirements.txt" \
        && cp "$root/tools/requirements.txt" "$stamp"
}

# Whether somebody listens on a port of the loopback.
is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port: a port that nobody listens on, below those that the system gives to clients.
free_port() {
    local port
    while
        port=$((RANDOM % 12000 + 20000))
        is_listening "$port"
    do :; done
    echo "$port"
}

# For the subshell that starts a server, which shall hold nothing open of whoever called the tool: not a lock, and not
# a pipe whose end somebody waits for. Standard input, output and error are for the caller to redirect.
close_inherited() {
    local path
    for path in /proc/self/fd/*; do
        case ${path##*/} in
        0 | 1 | 2 | 255) ;; # 255 is bash's own
        *) eval "exec ${path##*/}>&-" ;;
        esac
    done
}

# stop_pid PID SECONDS: ends a process that we started; TERM, and KILL when that was not enough.
stop_pid() {
    kill "$1" 2>/dev/null || return 0
    for _ in $(seq $(($2 * 10))); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$1" 2>/dev/null || true
}

# session_members ID: the processes of a session that setsid began, but for those that only wait to be reaped.
session_members() {
    local stat line
    for stat in /proc/[0-9]*/stat; do
        { read -r line <"$stat"; } 2>/dev/null || continue
        # Behind the name, which may hold anything: state, parent, group, session.
        read -r -a fields <<<"${line##*) }"
        [ "${fields[3]}" != "$1" ] || [ "${fields[0]}" = Z ] || echo "${stat//[!0-9]/}"
    done
}

# stop_session ID SECONDS: ends all processes of a session that we began; TERM, and KILL when that was not enough.
stop_session() {
    local members
    for _ in $(seq $(($2 * 5))); do
        members=$(session_members "$1")
        [ -n "$members" ] || return 0
        kill $members 2>/dev/null || true
        sleep 0.2
    done
    kill -9 $(session_members "$1") 2>/dev/null || true
}
