using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The order of waiting requests, and the limits of the wait.</summary>
public sealed class FairSlotsTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_user_waits_for_one_request_of_each_other_user_and_not_for_their_queues()
    {
        var slots = new FairSlots(1, time);
        var held = await EnterAsync(slots, "a");
        var order = new List<string>();
        var waiting = new List<Task>();
        for (var i = 0; i < 1000; i++) waiting.Add(TakeAsync("a"));
        for (var i = 0; i < 1000; i++) waiting.Add(TakeAsync("c"));
        waiting.Add(TakeAsync("b"));
        held.Dispose();
        await Task.WhenAll(waiting);
        Assert.InRange(order.IndexOf("b"), 0, 2);
        Assert.True(slots.IsIdle);

        async Task TakeAsync(string user)
        {
            using var place = await EnterAsync(slots, user);
            order.Add(user);    // one at a time
        }
    }

    [Fact]
    public async Task Urgent_requests_come_before_all_others_of_the_same_user()
    {
        var slots = new FairSlots(1, time);
        var held = await EnterAsync(slots, "a");
        var reads = Enumerable.Range(0, 100).Select(_ => EnterAsync(slots, "a")).ToArray();
        var write = slots.EnterAsync("a", TimeSpan.FromMinutes(1), Cancel, isUrgent: true);
        held.Dispose();
        (await write).Dispose();
        foreach (var read in reads) (await read).Dispose();
    }

    [Fact]
    public async Task A_wait_times_out_and_takes_no_slot()
    {
        var slots = new FairSlots(1, time);
        var held = await EnterAsync(slots, "a");
        var late = EnterAsync(slots, "b");
        Assert.True(slots.HasWaiters);
        time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<TimeoutException>(() => late);
        Assert.False(slots.HasWaiters);
        held.Dispose();
        Assert.True(slots.IsIdle);
        (await EnterAsync(slots, "b")).Dispose();
    }

    [Fact]
    public async Task The_gate_of_an_image_reports_what_it_waits_for()
    {
        var gate = new ImageGates(time).For("cloud", "11111111-1111-4111-8111-111111111111");
        using var held = await gate.EnterAsync("a", Cancel);
        var late = gate.EnterAsync("b", Cancel);
        time.Advance(ImageGate.MaxWait);
        var error = await Assert.ThrowsAsync<CloudException>(() => late);
        Assert.Equal(CloudErrorKind.Transient, error.Kind);
        Assert.Contains("Image 11111111-1111-4111-8111-111111111111 is being changed for others", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unused_gates_are_forgotten_and_their_last_writes_are_not()
    {
        var gates = new ImageGates(time);
        var sequence = gates.Sequence;
        for (var i = 0; i < 1000; i++) gates.For("cloud", $"{i}").Written();
        var held = gates.For("cloud", "held");
        using var right = await held.EnterAsync("b", Cancel);
        for (var sweep = 0; sweep < 20; sweep++) gates.Sweep();
        Assert.Equal(1, gates.Count);
        Assert.Same(held, gates.For("cloud", "held"));
        Assert.True(gates.For("cloud", "5").WrittenSince(sequence));
    }

    [Fact]
    public async Task A_request_that_times_out_in_the_queue_is_not_sent_and_has_a_clear_error()
    {
        using var hosts = new CloudHosts(new CloudLimits { Concurrency = 1 }, time, static () => true);
        var host = hosts.For("b", new Uri("http://glance.test/"));
        var hanging = new TaskCompletionSource<CloudResponse>();
        var first = host.SendAsync("GET x", async _ => await hanging.Task, Cancel);
        var late = host.SendAsync("GET x", _ => throw new InvalidOperationException("the request was sent"), Cancel);
        time.Advance(CloudServer.MaxWait);
        var error = await Assert.ThrowsAsync<CloudCallException>(() => late);
        Assert.False(error.WasSent);
        Assert.Contains("its turn at glance.test:80 did not come within 2 minutes", error.Message, StringComparison.Ordinal);
        hanging.SetResult(Answer());
        await first;
    }

    [Fact]
    public async Task Many_configurations_of_one_user_count_as_one_user()
    {
        using var hosts = new CloudHosts(new CloudLimits { Concurrency = 4 }, time, static () => true);
        var hanging = new TaskCompletionSource<CloudResponse>();
        var modest = hosts.For("b", new Uri("http://glance.test/"));
        Assert.Equal(200, (await SendAsync(modest)).Status);
        for (var i = 0; i < 3; i++) await SendAsync(Another());
        var held = Enumerable.Range(0, 100).Select(_ => Another().SendAsync("GET x", async _ => await hanging.Task, Cancel)).ToArray();
        for (var i = 0; i < 10; i++) Assert.Equal(200, (await SendAsync(modest)).Status);
        hanging.SetResult(Answer());
        await Task.WhenAll(held);

        CloudHost Another() => hosts.For("a", new Uri("http://glance.test/"));
        static Task<CloudResponse> SendAsync(CloudHost host) => host.SendAsync("GET x", _ => ValueTask.FromResult(Answer()), Cancel);
    }

    [Fact]
    public async Task Hanging_logins_leave_a_slot_for_the_first_login_of_another_user()
    {
        var slots = new FairSlots(8, time, () => 2);
        var hanging = Enumerable.Range(0, 100)
            .Select(_ => slots.EnterAsync("a", TimeSpan.FromMinutes(1), Cancel, isProven: false)).ToArray();
        (await slots.EnterAsync("b", TimeSpan.FromMinutes(1), Cancel, isProven: false)).Dispose();
        Assert.Equal(2, hanging.Count(one => one.IsCompletedSuccessfully));
    }

    private static CloudResponse Answer() => new("GET x", 200, [], null, null);

    private Task<IDisposable> EnterAsync(FairSlots slots, string user) => slots.EnterAsync(user, TimeSpan.FromMinutes(1), Cancel);
}
