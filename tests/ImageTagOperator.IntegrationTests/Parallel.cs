using Xunit.Sdk;
using Xunit.v3;

// The tests wait most of the time. With many more of them at once, Keystone and Glance no longer respond in time.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 6)]
