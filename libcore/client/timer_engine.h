// client/timer_engine.h: timers for gRPC that cost nothing until one is set.
#pragma once

namespace cairn::client {

// Gives gRPC an EventEngine that starts its one thread with the first timer, in place of its own,
// which starts three before the first call: a command that asks once and ends never needs them.
// Before the first channel; further calls change nothing.
void UseTimerEngine();

}  // namespace cairn::client
