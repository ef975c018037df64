#!/bin/sh
# Health check of an installed system: `check` succeeds when this boot has registered, or is registering now.
[ "$1" = check ] || { echo "usage: $0 check" >&2; exit 2; }
[ -e "${ELEMENTAL_REGISTER_ROOT:-}/run/elemental/registered" ] || systemctl is-active --quiet elemental-register.service
