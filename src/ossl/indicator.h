// SPDX-License-Identifier: Apache-2.0
// The provider's own indicator: it calls back, on the thread of the operation, when a check was
// relaxed for a service that is not approved.
#pragma once

struct evp_kdf_ctx_st;
struct evp_mac_ctx_st;
struct evp_pkey_ctx_st;
struct ossl_lib_ctx_st;

namespace vallum::ossl {

/// IndicatorWatch sees whether the provider objected on this thread since the watch began. Watches
/// nest: what an inner one saw, the outer one sees too.
class IndicatorWatch {
 public:
  IndicatorWatch();
  ~IndicatorWatch();
  IndicatorWatch(const IndicatorWatch&) = delete;
  IndicatorWatch& operator=(const IndicatorWatch&) = delete;

  bool objected() const;

 private:
  bool outer_;
};

/// ReportObjection records an objection on this thread.
void ReportObjection();

/// WatchIndicator routes a library context's indicator to the watch of the thread it occurs on. The
/// operation goes on: policy decides above.
void WatchIndicator(ossl_lib_ctx_st* context);

/// ReadIndicator asks an operation, after it succeeded, for its "fips-indicator", and records an
/// objection when that is there and says no. (After a failure the value means nothing.)
void ReadIndicator(evp_kdf_ctx_st* context);
void ReadIndicator(evp_mac_ctx_st* context);
void ReadIndicator(evp_pkey_ctx_st* context);

}  // namespace vallum::ossl
