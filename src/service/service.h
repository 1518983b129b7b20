// SPDX-License-Identifier: Apache-2.0
// The service: every use case of the key server, once, for every wire. It knows no protocol.
//
// Each call does the same things in the same order: find the principal, decide (policy), find the
// key, check its state, run the module, write the audit record, and only then return. A call that
// fails is recorded too. When the audit log cannot be written the call fails and nothing leaves.
// Errors: kUnauthenticated, kPermissionDenied, kNotFound (also for another principal's key),
// kKeyState, kKeyUsage, and what the module returns. Thread-safe. Management calls return when their
// change and their record are on the disk; the others when the record survives a killed process.
#pragma once

#include <memory>
#include <span>

#include "audit/audit_log.h"
#include "keystore/keystore.h"
#include "service/types.h"

namespace vallum::service {

class ModuleEvents;  // service/module_events.h

struct ServiceOptions {
  std::string instance;                   ///< name in certificates and checkpoints
  std::size_t key_cache_capacity = 4096;  ///< open keys kept ready
  std::string seal;                       ///< "development-file", for status
  std::string seal_risk;                  ///< what to tell the reader about it, or empty
  audit::Options audit;  ///< directory and durability; the rest is set by the service
  /// Certificate authority for principals: its key, from the same store, and its certificate.
  std::string ca_certificate_pem;
  /// Where the module's own events come from; must outlive the service. Null: they are not logged.
  ModuleEvents* module_events = nullptr;
};

class Service {
 public:
  /// Open takes an operational module and an open store. It finishes what a crash cut off (records of
  /// changes that were not logged yet) before it returns.
  static Result<std::unique_ptr<Service>> Open(ServiceOptions options, module::Module& module,
                                               keystore::Keystore& store, const Clock& clock);
  virtual ~Service() = default;

  /// NewRequestId makes the id of one request (UUID version 7); cheap.
  virtual RequestId NewRequestId() = 0;

  /// A batch has one result an item, in order. An item's failure is its own; the call fails only when
  /// nothing could be tried.
  template <typename T>
  using Batch = std::vector<Result<Approved<T>>>;

  // ---- Module and health (no key) --------------------------------------------------------------
  /// GetHealth needs no principal and writes no record.
  virtual Health GetHealth() = 0;
  struct StatusReport {
    module::ModuleStatus module;
    std::string seal;
    std::string seal_risk;
    std::uint64_t audit_size = 0;
  };
  virtual Result<StatusReport> GetStatus(const Caller& caller) = 0;
  virtual Result<std::vector<module::SelfTestResult>> SelfTest(const Caller& caller) = 0;
  /// Zeroised is what came of a zeroisation of everything.
  struct Zeroised {
    module::ZeroiseReport report;
    module::State state{};  ///< the module's afterwards
    bool recorded = false;  ///< a signed checkpoint covered the request before anything was wiped
  };
  /// Zeroise wipes every key in the module, those that open the store and sign the log included. The
  /// service answers status afterwards and nothing else; a restart unseals it again.
  virtual Result<Zeroised> Zeroise(const Caller& caller) = 0;
  virtual Result<Approved<SecretBytes>> Random(const Caller& caller, std::size_t size) = 0;

  // ---- Key management ----------------------------------------------------------------------------
  virtual Result<Approved<KeyInfo>> CreateKey(const Caller&, const CreateKeyRequest&) = 0;
  /// CreateKeys makes 1 to 256 keys that share the wait for the disk; each has its own audit record.
  /// kInvalidArgument for algorithms whose keys take long to make (RSA, SLH-DSA).
  virtual Result<Batch<KeyInfo>> CreateKeys(const Caller&, std::span<const CreateKeyRequest>) = 0;
  virtual Result<Approved<KeyInfo>> ImportKey(const Caller&, const ImportKeyRequest&) = 0;
  virtual Result<KeyPage> ListKeys(const Caller&, std::string_view prefix, std::string_view after,
                                   std::size_t limit) = 0;
  virtual Result<KeyInfo> ShowKey(const Caller&, std::string_view name) = 0;
  virtual Result<Approved<KeyInfo>> RotateKey(const Caller&, std::string_view name) = 0;
  /// SetKeyState changes one version's state; destroying wipes its material from the store.
  virtual Result<KeyInfo> SetKeyState(const Caller&, const KeyUse&, KeyState state) = 0;
  /// PublicKey returns the SubjectPublicKeyInfo (DER) of one version (0: primary).
  virtual Result<Bytes> PublicKey(const Caller&, const KeyUse&) = 0;

  // ---- Key use ---------------------------------------------------------------------------------------
  // One audit record for a batch.
  struct PlaintextItem {
    ByteSpan plaintext;
    ByteSpan aad;
  };
  struct CiphertextItem {
    ByteSpan ciphertext;
    ByteSpan aad;
  };
  struct VerifyItem {
    SignInput input;
    ByteSpan signature;
  };
  struct Verified {};
  virtual Result<Batch<Sealed>> Encrypt(const Caller&, const KeyUse&,
                                        std::span<const PlaintextItem>) = 0;
  virtual Result<Batch<SecretBytes>> Decrypt(const Caller&, std::string_view name,
                                             std::span<const CiphertextItem>) = 0;
  /// SignsForLong says that one signature by this key may take many milliseconds, or that the key is
  /// not loaded and nobody knows yet. Cheap; for the front that decides where a request runs.
  virtual bool SignsForLong(std::string_view name) = 0;
  virtual Result<Batch<Signed>> Sign(const Caller&, const KeyUse&, module::Scheme,
                                     std::span<const SignInput>) = 0;
  virtual Result<Batch<Verified>> Verify(const Caller&, const KeyUse&, module::Scheme,
                                         std::span<const VerifyItem>) = 0;
  virtual Result<Batch<Signed>> Mac(const Caller&, const KeyUse&, std::span<const ByteSpan>) = 0;
  virtual Result<Batch<Verified>> VerifyMac(const Caller&, const KeyUse&,
                                            std::span<const VerifyItem>) = 0;
  virtual Result<Approved<DataKey>> GenerateDataKey(const Caller&, const KeyUse&, ByteSpan aad) = 0;
  virtual Result<Approved<Wrapped>> Wrap(const Caller&, const KeyUse& wrapping,
                                         const KeyUse& target) = 0;
  virtual Result<Approved<EncapsulatedKey>> Encapsulate(const Caller&, const KeyUse&) = 0;
  virtual Result<Approved<SecretBytes>> Decapsulate(const Caller&, const KeyUse&,
                                                    ByteSpan ciphertext) = 0;

  // ---- Principals and grants ----------------------------------------------------------------------------
  virtual Result<NewPrincipal> CreatePrincipal(const Caller&, const CreatePrincipalRequest&) = 0;
  virtual Result<std::vector<policy::Principal>> ListPrincipals(const Caller&) = 0;
  virtual Status RevokePrincipal(const Caller&, std::string_view name) = 0;
  virtual Status SetGrant(const Caller&, const GrantRequest&) = 0;

  // ---- Objects of a principal ----------------------------------------------------------------------------
  // A principal has its own objects and sees no other's. kConflict when an object does not have the
  // revision that the request names.
  virtual Result<ObjectPage> ListObjects(const Caller&, const ObjectListing&) = 0;
  virtual Result<Object> PutObject(const Caller&, const PutObjectRequest&) = 0;
  virtual Status DeleteObject(const Caller&, std::string_view name) = 0;

  // ---- Audit --------------------------------------------------------------------------------------------------
  /// AuditLog gives the log to a front once the caller may read it (kAuditRead).
  virtual Result<audit::AuditLog*> OpenAudit(const Caller&) = 0;
  /// RecordRefusal logs a request that a front refused before it became a call.
  virtual void RecordRefusal(const Caller&, std::string_view operation, const Error&) = 0;
};

}  // namespace vallum::service
