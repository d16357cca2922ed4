using Xunit.Sdk;
using Xunit.v3;

// They wait most of the time; many more at once, and Keystone and Glance no longer answer in time.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 6)]
