#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source "$(dirname "$0")/../token.sh"
g++ -std=c++20 -Wall -Wextra -Werror -I "$here/../../src" "$here/encrypt.cc" -o "$work/encrypt" -ldl
"$work/encrypt" "$module" 1234
