// SPDX-License-Identifier: Apache-2.0
#include "scan/target/folder_walk.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace vallum::scan {
namespace {

constexpr std::size_t kBatch = 16;

/// Files of one folder, opened and shown by a thread of the pool.
struct Batch {
  FolderPtr folder;
  std::string path;  ///< of the folder, with a slash at the end unless it is the root
  std::vector<std::string> names;
};

class Walk {
 public:
  Walk(const Limits& limits, Unpacker& unpacker, Visitor& visitor, WorkPool& pool)
      : limits_(limits), unpacker_(unpacker), visitor_(visitor), pool_(pool) {}

  void Enter(const FolderPtr& folder, const std::string& path, std::size_t depth) {
    if (folder->IsKernelView()) return;
    if (depth > limits_.folder_depth) {
      return visitor_.OnProblem(path, ResourceExhausted("folders lie too deep in one another"));
    }
    auto names = folder->List();
    if (!names) return visitor_.OnProblem(path, names.error());
    SubmitFiles(folder, path, *names);
    for (const FolderName& name : *names) {
      if (name.type != NameType::kFolder) continue;
      auto inner = folder->OpenFolder(name.name);
      if (!inner) {
        visitor_.OnProblem(path + name.name, inner.error());
      } else {
        Enter(*inner, path + name.name + "/", depth + 1);
      }
    }
  }

 private:
  void SubmitFiles(const FolderPtr& folder, const std::string& path,
                   std::vector<FolderName>& names) {
    auto batch = std::make_shared<Batch>(Batch{folder, path, {}});
    for (FolderName& name : names) {
      if (name.type != NameType::kFile) continue;
      batch->names.push_back(std::move(name.name));
      if (batch->names.size() < kBatch) continue;
      Submit(std::exchange(batch, std::make_shared<Batch>(Batch{folder, path, {}})));
    }
    if (!batch->names.empty()) Submit(std::move(batch));
  }

  void Submit(std::shared_ptr<Batch> batch) {
    pool_.Submit([this_unpacker = &unpacker_, this_visitor = &visitor_, batch = std::move(batch)] {
      for (const std::string& name : batch->names) {
        const auto content = batch->folder->OpenFile(name);
        if (content) {
          this_unpacker->Show(batch->path + name, *content);
        } else {
          this_visitor->OnProblem(batch->path + name, content.error());
        }
      }
    });
  }

  const Limits& limits_;
  Unpacker& unpacker_;
  Visitor& visitor_;
  WorkPool& pool_;
};

}  // namespace

void WalkFolder(const FolderPtr& root, const Limits& limits, Unpacker& unpacker, Visitor& visitor,
                WorkPool& pool) {
  Walk(limits, unpacker, visitor, pool).Enter(root, "", 0);
}

}  // namespace vallum::scan
