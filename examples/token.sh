# SPDX-License-Identifier: Apache-2.0
# For the run.sh beside: a token of its own, in $work, that goes when the script ends.
set -euo pipefail
VALLUM=$(realpath "${VALLUM:?the prefix of the installation, build/release for instance}")
module=$VALLUM/lib/libvallum-pkcs11.so
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VALLUM_PKCS11=$work/token.db
(umask 077; echo 12345678 > "$work/so-pin"; echo 1234 > "$work/pin")
"$VALLUM/bin/vallum" token init --label example --so-pin-file "$work/so-pin" --pin-file "$work/pin"
