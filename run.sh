#!/usr/bin/env bash
# Everything a newcomer or CI does with this project, as commands that can be read.
# Needs bash, git and Python 3.11 or newer; uses uv where it is installed, else venv + pip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

VENV=${STARDRAFT_VENV:-.venv}
BIN="$VENV/bin"

usage() {
  cat <<'TEXT'
./run.sh setup            install everything into .venv (every other command does so first)
./run.sh demo             the main job on a bundled sample day, without network
./run.sh realday          the main job on recorded real data (needs STARDRAFT_CORPUS)
./run.sh stardraft ARGS…  the command in this environment
./run.sh test [ARGS…]     the tests (pytest's arguments may follow)
./run.sh lint             format, lint, types, walls between the rooms
./run.sh bench [NAME]     measurements, side by side with simpler methods
./run.sh screenshots [DIR]  every page of the review, on the sample day, in Chromium
TEXT
}

python_here() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "需要 Python 3.11 或更新。Python 3.11 or newer is needed." >&2
  exit 1
}

install_with_uv() {
  uv venv --quiet --allow-existing --python "$(python_here)" "$VENV" &&
    VIRTUAL_ENV="$PWD/$VENV" uv pip install --quiet --compile-bytecode \
      --constraint constraints.txt --editable '.[dev]'
}

install_with_pip() {
  "$(python_here)" -m venv "$VENV"
  "$BIN/python" -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable '.[dev]'
}

setup() {
  local want have
  want=$(cat pyproject.toml constraints.txt | cksum)
  have=$(cat "$VENV/.installed" 2>/dev/null || true)
  [ "$want" = "$have" ] && return
  echo "安装到 $VENV，只有第一次需要几分钟… / installing into $VENV, a few minutes the first time…" >&2
  if command -v uv >/dev/null 2>&1; then
    install_with_uv || { echo "uv 没有成功，改用 pip。/ uv failed, falling back to pip." >&2; install_with_pip; }
  else
    install_with_pip
  fi
  "$BIN/python" -m compileall -q pipeline flows demo
  echo "$want" >"$VENV/.installed"
}

# What the tests need beside Python: a browser for the review page, a second kind of database.
system_packages() {
  local missing=()
  command -v chromium >/dev/null || missing+=(chromium fonts-noto-cjk)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
  [ ${#missing[@]} -eq 0 ] && return
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "没有 ${missing[*]}：需要它们的测试会说明原因后跳过。/ tests that need them will be skipped." >&2
  fi
}

lint() {
  "$BIN/ruff" format --check .
  "$BIN/ruff" check .
  "$BIN/mypy"
  "$BIN/lint-imports"
}

command=${1:-help}
[ $# -gt 0 ] && shift
case "$command" in
  setup) setup ;;
  demo) setup && exec "$BIN/python" -m demo "$@" ;;
  realday) setup && exec "$BIN/python" -m tests.realday "$@" ;;
  stardraft) setup && exec "$BIN/stardraft" "$@" ;;
  test)
    setup && system_packages && lint
    # All of them side by side, a file at a time; a chosen few as they are asked for.
    [ $# -eq 0 ] && set -- --numprocesses auto --dist loadfile
    exec "$BIN/python" -m pytest "$@" ;;
  lint) setup && lint ;;
  screenshots) setup && system_packages && exec "$BIN/python" -m tests.browser.screenshots "${1:-screenshots}" ;;
  bench) setup && exec "$BIN/python" -m benchmarks "$@" ;;
  help | -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
