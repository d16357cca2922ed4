#!/bin/bash
# Debian's own prometheus and promtool, for the tests that scrape the operator; they start it themselves. Prints their folder.
#
#   prometheus.sh up     installs the package once, and starts nothing (also: no argument)
#   prometheus.sh env    prints nothing: /usr/bin is in everybody's PATH
#
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

up() {
  packages prometheus
  dirname "$(command -v promtool)"
}

main() {
  case ${1:-up} in
    up) up ;;
    env) ;;
    *) usage ;;
  esac
}
main "$@"; exit # one line, read at once: the file may be replaced while this runs
