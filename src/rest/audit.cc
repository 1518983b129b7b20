// SPDX-License-Identifier: Apache-2.0
// The audit log as C2SP tlog-tiles.
#include "rest/exchange.h"
#include "rest/handlers.h"
#include "rest/tile_path.h"

namespace vallum::rest {
namespace {

Result<audit::AuditLog*> OpenLog(Exchange& x) {
  TRY(x.ExpectNoBody());
  TRY(x.ExpectNoQuery());
  return x.Use().OpenAudit(x.caller());
}

}  // namespace

Status GetCheckpoint(Exchange& x) {
  audit::AuditLog* log = TRY(OpenLog(x));
  return x.SendText(TRY(log->ReadCheckpoint()));
}

Status GetVerifierKey(Exchange& x) {
  audit::AuditLog* log = TRY(OpenLog(x));
  return x.SendText(log->VerifierKey() + "\n");
}

Status GetTile(Exchange& x) {
  const unsigned level = TRY(ParseTileLevel(TRY(x.Parameter(0))));
  const TilePath tile = TRY(ParseTilePath(TRY(x.Parameter(1))));
  audit::AuditLog* log = TRY(OpenLog(x));
  return x.SendBytes(TRY(log->ReadTile(level, tile.index, tile.width)));
}

Status GetEntries(Exchange& x) {
  const TilePath tile = TRY(ParseTilePath(TRY(x.Parameter(0))));
  audit::AuditLog* log = TRY(OpenLog(x));
  return x.SendBytes(TRY(log->ReadEntries(tile.index, tile.width)));
}

}  // namespace vallum::rest
