// SPDX-License-Identifier: Apache-2.0
// Instance: a running server, all its parts in the order in which they depend on each other.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "keystore/keystore.h"
#include "module/module.h"
#include "net/server.h"
#include "rest/rest.h"
#include "server/config.h"
#include "service/identity.h"
#include "service/module_events.h"
#include "service/service.h"

namespace vallum::server {

/// ExitCode is what the process ends with (docs/configuration.md).
enum class ExitCode : int {
  kOk = 0,
  kOther = 1,
  kConfiguration = 2,
  kModule = 3,
  kStore = 4,
  kNetwork = 5,
};

/// StartFailure says which part did not start.
struct StartFailure {
  ExitCode exit_code;
  Error error;
};

/// ExitCodeOf is the exit code for an error of a part that has no code of its own.
ExitCode ExitCodeOf(Code code);

class Instance {
 public:
  /// Start brings everything up; on failure what was started is closed again.
  static tl::expected<std::unique_ptr<Instance>, StartFailure> Start(const Config& config);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  /// url is where clients on this machine reach the server.
  std::string url() const;
  std::uint16_t port() const { return server_->port(); }
  module::ModuleStatus module_status() const { return module_->status(); }
  /// module_failed says that the module is in its error state, which only a restart leaves.
  bool module_failed() const { return module_->state() == module::State::kErrorHard; }
  /// admin_folder holds the first administrator's credential, or is empty when it was moved away.
  std::filesystem::path admin_folder() const;

  /// RunPeriodicWork notes what the module's state is and repeats its self-tests when they are due;
  /// call it about once a second.
  void RunPeriodicWork();

  /// Stop finishes what is in flight, closes the log and the store, and wipes the keys.
  void Stop();

 private:
  void TellOfState();
  explicit Instance(const Config& config) : config_(config) {}
  Status StartModule();
  Status OpenStore();
  Status OpenSeal();
  Status OpenIdentity();
  Status OpenService();
  Status StartNetwork();

  Config config_;
  SystemClock clock_;
  service::ModuleEvents events_;  ///< before the module, which calls it to the end
  std::unique_ptr<module::Module> module_;
  std::unique_ptr<keystore::Keystore> store_;
  service::Identity identity_;
  std::unique_ptr<service::Service> service_;
  std::unique_ptr<rest::RestApi> api_;
  std::unique_ptr<net::Server> server_;
  module::State told_ = module::State::kOperational;  ///< the last state that was logged
};

}  // namespace vallum::server
