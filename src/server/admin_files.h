// SPDX-License-Identifier: Apache-2.0
// The first administrator's credential as files: FOLDER/{client.crt,client.key,ca.crt,client.toml}.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "service/identity.h"

namespace vallum::server {

/// AdminFolder is where the files live below the data folder.
std::filesystem::path AdminFolder(const std::filesystem::path& data);

/// WriteAdminFiles writes certificate, key and CA durably (folder 0700, files 0600).
Status WriteAdminFiles(const std::filesystem::path& folder, const service::FirstAdmin& admin,
                       std::string_view ca_pem);

/// RefreshProfile sets the entry `server` of client.toml, or writes the file when it is missing but the
/// credential is there. Other lines stay. Nothing happens where there is no credential.
Status RefreshProfile(const std::filesystem::path& folder, std::string_view server_url);

}  // namespace vallum::server
