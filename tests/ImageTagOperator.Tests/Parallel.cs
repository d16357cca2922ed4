using Xunit.Sdk;
using Xunit.v3;

// Nearly all of them wait most of the time, and each has servers of its own.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 16)]
