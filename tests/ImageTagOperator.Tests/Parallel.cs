using Xunit.Sdk;
using Xunit.v3;

// Most tests wait most of the time, and each has its own servers.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 16)]
