// SPDX-License-Identifier: Apache-2.0
// The extensions of our certificates, built as structures and never from text, so that a name cannot
// smuggle one in.
#pragma once

#include "base/result.h"
#include "ossl/handle.h"
#include "ossl/x509.h"

namespace vallum::ossl {

/// AddExtensions adds basic constraints, key usage, extended key usage, subject alternative names
/// and both key identifiers. `issuer` is the certificate itself when self-signed.
Status AddExtensions(LibraryContext& context, x509_st* certificate, const x509_st* issuer,
                     const CertificateFields& fields);

}  // namespace vallum::ossl
