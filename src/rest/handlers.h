// SPDX-License-Identifier: Apache-2.0
// The handlers, one for each operation of openapi.json; named after its operationId. Each decodes its
// request, makes one call of the service and encodes the answer; an Error becomes a problem.
#pragma once

#include "base/result.h"

namespace vallum::rest {

class Exchange;

Status GetLiveness(Exchange& x);
Status GetReadiness(Exchange& x);
Status GetOpenApi(Exchange& x);

Status GetModule(Exchange& x);
Status RunSelfTest(Exchange& x);
Status ZeroiseModule(Exchange& x);
Status GetRandom(Exchange& x);

Status CreateKey(Exchange& x);
Status ListKeys(Exchange& x);
Status GetKey(Exchange& x);
Status RotateKey(Exchange& x);
Status SetKeyState(Exchange& x);
Status GetPublicKey(Exchange& x);
Status UnwrapKey(Exchange& x);

Status Encrypt(Exchange& x);
Status Decrypt(Exchange& x);
Status Sign(Exchange& x);
Status Verify(Exchange& x);
Status Mac(Exchange& x);
Status VerifyMac(Exchange& x);
Status GenerateDataKey(Exchange& x);
Status WrapKey(Exchange& x);
Status Encapsulate(Exchange& x);
Status Decapsulate(Exchange& x);

Status CreatePrincipal(Exchange& x);
Status ListPrincipals(Exchange& x);
Status RevokePrincipal(Exchange& x);
Status SetGrant(Exchange& x);

Status ListObjects(Exchange& x);
Status PutObject(Exchange& x);
Status DeleteObject(Exchange& x);

Status GetCheckpoint(Exchange& x);
Status GetVerifierKey(Exchange& x);
Status GetTile(Exchange& x);
Status GetEntries(Exchange& x);

}  // namespace vallum::rest
