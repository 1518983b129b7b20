// SPDX-License-Identifier: Apache-2.0
// How the HTML report looks. Colours have a contrast of 4.5 and more on their ground, on light screens and
// dark ones; none of them says anything that a word does not say as well. Private to the folder.
#pragma once

#include <string_view>

namespace vallum::scan {

inline constexpr std::string_view kHtmlStyle = R"(
:root { --ground: #ffffff; --soft: #f3f5f8; --ink: #1b2330; --dim: #4d5a6c; --edge: #c3cbd6;
  --bad: #a3141c; --warn: #7a4b00; --good: #0b6132; --link: #0b4fa8; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #11161d; --soft: #1b222c; --ink: #e6ebf2; --dim: #a9b5c4; --edge: #3b4756;
    --bad: #ff9a98; --warn: #f2c069; --good: #77d9a0; --link: #8dbdff; } }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
p, figcaption { color: var(--dim); }
code { font: .92em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
ul.counts { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; }
ul.counts li { border: 1px solid var(--edge); border-radius: 8px; padding: .3rem .8rem;
  background: var(--soft); }
ul.counts b { font-size: 1.15rem; }
.critical, .high { color: var(--bad); }
.medium { color: var(--warn); }
figure { margin: 0; overflow-x: auto; }
svg { width: 100%; min-width: 44rem; height: auto; font: 15px system-ui, "DejaVu Sans", sans-serif; }
svg rect { fill: var(--soft); stroke: var(--edge); stroke-width: 1.5; }
svg rect.inside { stroke: var(--good); stroke-width: 5; }
svg rect.around { stroke: var(--bad); stroke-dasharray: 7 5; stroke-width: 2; }
svg rect.unknown { stroke: var(--warn); stroke-dasharray: 2 4; stroke-width: 2; }
svg text { fill: var(--ink); }
svg text.head { font-weight: 600; }
svg text.none { fill: var(--dim); }
svg .line { fill: none; stroke: var(--dim); stroke-width: 2; }
svg .around-line { stroke-dasharray: 7 5; }
svg .unknown-line { stroke-dasharray: 2 4; }
svg .tip { fill: var(--dim); }
.wide { overflow-x: auto; margin-bottom: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-top: 1px solid var(--edge);
  min-width: 5rem; }
td:nth-child(2) { min-width: 13rem; }
th { background: var(--soft); }
@media print { body { font-size: 11px; } .wide, figure { overflow: visible; } }
)";

}  // namespace vallum::scan
