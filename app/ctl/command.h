// SPDX-FileCopyrightText: Drover contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/options.h"

namespace drover::ctl {

/// One command while it runs: started once, it then reacts to the session and ends by Context::finish or
/// Context::fail. Main thread only.
class Command
{
public:
    explicit Command(Context& context) : m_context(context) {}
    virtual ~Command() = default;
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    virtual void start() = 0;
    /// Someone pressed Ctrl-C, or the terminal hung up. The program then ends with 130.
    /// @return false: not at once; the command cleans up and ends by itself, by Context::finish(Interrupted)
    virtual bool interrupted() { return true; }

protected:
    [[nodiscard]] Context& context() const { return m_context; }

private:
    Context& m_context;
};

/// All commands, in the order of the help. Add one here, with its file.
[[nodiscard]] const std::vector<CommandSpec>& allCommands();

std::unique_ptr<Command> makeHosts(Context& context);
std::unique_ptr<Command> makeInstances(Context& context);
std::unique_ptr<Command> makeShow(Context& context);
std::unique_ptr<Command> makeCheck(Context& context);
std::unique_ptr<Command> makeTargets(Context& context);
std::unique_ptr<Command> makeMigrate(Context& context);
std::unique_ptr<Command> makeJobs(Context& context);
std::unique_ptr<Command> makeWatch(Context& context);
std::unique_ptr<Command> makeCancel(Context& context);
std::unique_ptr<Command> makeSetBandwidth(Context& context);
std::unique_ptr<Command> makeSetDowntime(Context& context);
std::unique_ptr<Command> makePostCopy(Context& context);
std::unique_ptr<Command> makePause(Context& context);
std::unique_ptr<Command> makeDoctor(Context& context);
std::unique_ptr<Command> makeEnable(Context& context);
std::unique_ptr<Command> makeDisable(Context& context);

} // namespace drover::ctl
