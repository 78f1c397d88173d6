#!/usr/bin/env bash
# Makes .venv, installs pinned dependencies and builds the packages into it, so that .venv is
# one ROS 2 prefix. With a ROS 2 installation sourced, that one is used instead of the wheels.
#
#   tools/set_up.sh run      what runs the graph
#   tools/set_up.sh test     that, and what the tests, lint and training need
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
root=$PWD
venv=$root/.venv

# Two at once, such as `make run` and `make test` in two terminals, would undo each other's work.
if command -v flock > /dev/null; then
  exec 9< tools/set_up.sh
  flock --nonblock 9 || { printf 'semg: waiting for another set-up\n' >&2; flock 9; }
fi

say() { printf '\033[1msemg:\033[0m %s\n' "$*" >&2; }

find_python() {
  for candidate in ${PYTHON:-python3 python3.12 python3.11 python3.13 python3.10}; do
    if "$candidate" -c 'import sys; raise SystemExit(sys.version_info < (3, 10))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  say "no Python 3.10 or newer was found; name one with: make PYTHON=/path/to/python3"
  exit 1
}

# Installs a lock once: the stamp holds the lock's text.
install_lock() {
  local lock=requirements/$1.txt stamp=$venv/.installed-$1
  cmp -s "$lock" "$stamp" && return
  say "installing requirements/$1.txt"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$lock"
  cp "$lock" "$stamp"
}

# Beside a ROS 2 installation only what it lacks is installed: its compiled messages need its numpy.
install_beside_ros() {
  local stamp=$venv/.installed-beside-ros
  cmp -s requirements/run.in "$stamp" && return 0
  say "installing what ROS 2 $ROS_DISTRO does not bring"
  "$venv/bin/python" -m pip freeze --all 2>/dev/null | grep -iE '^(numpy|setuptools)==' > "$venv/.constraints" || true
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -c "$venv/.constraints" -r requirements/run.in 'colcon-common-extensions>=0.3'
  cp requirements/run.in "$stamp"
}

build() {
  local stamp=$venv/.built
  if [ -f "$stamp" ] && [ -z "$(find semg_*/package.xml semg_*/setup.py semg_*/CMakeLists.txt \
      semg_msgs/msg semg_*/launch semg_*/config semg_*/bundles semg_*/profiles semg_*/resource "$venv/.ros" \
      -newer "$stamp" -print -quit 2>/dev/null)" ]; then
    return
  fi
  say "building the packages (about half a minute the first time)"
  local log=$root/log/set_up.log
  mkdir -p log
  if ! PATH=$venv/bin:$PATH AMENT_PREFIX_PATH=$venv${AMENT_PREFIX_PATH:+:$AMENT_PREFIX_PATH} \
      "$venv/bin/python" -m colcon --log-base log build --merge-install --symlink-install \
      --install-base .venv --base-paths semg_* \
      --cmake-args -DBUILD_TESTING=OFF -DPython3_EXECUTABLE="$venv/bin/python" \
      "-DCMAKE_PROJECT_INCLUDE=$root/tools/wheels.cmake" > "$log" 2>&1; then
    tail -n 30 "$log" >&2
    say "the build failed; the whole log is in log/set_up.log"
    exit 1
  fi
  # Packages that are installed in place are found through their build folders.
  printf '%s\n' "$root"/build/semg_*/ > "$("$venv/bin/python" -c \
    'import sysconfig; print(sysconfig.get_path("purelib"))')/semg.pth"
  ln -sf ../lib/semg_bringup/semg "$venv/bin/semg"
  touch "$stamp"
}

sourced=wheels
# ROS_DISTRO alone says nothing: container images set it where nothing is sourced.
case ${AMENT_PREFIX_PATH:-} in
  "" | "$venv") ;;
  *) sourced=${ROS_DISTRO:-wheels} ;;
esac
if [ -d "$venv" ] && [ "$(cat "$venv/.ros" 2>/dev/null)" != "$sourced" ]; then
  say ".venv was made for '$(cat "$venv/.ros" 2>/dev/null)', now it is to be '$sourced': making it anew"
  rm -rf "$venv" build
fi
if [ ! -d "$venv" ]; then
  if [ "$sourced" = wheels ]; then
    "$(find_python)" -m venv "$venv"
  else
    # The Python that this ROS 2 was built for is the one that is first on the path.
    "${PYTHON:-python3}" -m venv --system-site-packages "$venv"
  fi
  touch "$venv/COLCON_IGNORE"
  echo "$sourced" > "$venv/.ros"
fi
if [ "$sourced" = wheels ]; then install_lock run; else install_beside_ros; fi
if [ "$what" = test ]; then
  install_lock develop
  install_lock train
fi
build
