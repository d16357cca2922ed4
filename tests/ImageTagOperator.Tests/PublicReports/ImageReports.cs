using System.Text.Json;
using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Images in the formats of some clouds.</summary>
public sealed class ImageReports
{
    // gophercloud/gophercloud#3147
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("\"true\"", true)]
    [InlineData("\"True\"", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("{\"a\": [1]}", false)]
    public void A_boolean_can_be_a_string(string value, bool expected) => Assert.Equal(expected, Read($"\"os_hidden\": {value}").OsHidden);

    // gophercloud/gophercloud#906
    [Theory]
    [InlineData("\"2026-03-01T12:00:00Z\"", true)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    [InlineData("[1, 2]", false)]
    [InlineData("\"yesterday\"", false)]
    public void A_time_can_be_missing(string value, bool isThere) =>
        Assert.Equal((isThere, isThere),
            (Read($"\"created_at\": {value}").CreatedAt is not null, Read($"\"updated_at\": {value}").UpdatedAt is not null));

    // gophercloud/gophercloud#3588
    [Fact]
    public void A_property_that_differs_from_a_member_only_by_case_is_a_property()
    {
        var image = Read("\"Tags\": \"x\", \"Owner\": \"y\"");
        Assert.Equal(("a", null, "x", "y"), (Assert.Single(image.Tags), image.Owner, image.Property("Tags"), image.Property("Owner")));
    }

    // gophercloud/gophercloud#3147
    [Fact]
    public async Task One_image_that_cannot_be_read_hides_no_other()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var (good, bad) = (cloud.AddImage("good", "a"), cloud.AddImage("bad", "a"));
        cloud.Faults.Add("GET", "*/v2/images?*", new Fault
        {
            Status = 200,
            ContentType = "application/json",
            Body = "{\"images\": ["
                + $"{{\"id\": \"{bad.Id}\", \"name\": \"bad\", \"status\": \"active\"}}, {{\"id\": \"{good.Id}\", \"name\": \"good\", "
                + $"\"status\": \"active\", \"tags\": [\"a\"]}}, null" + "]}",
        });
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
        var reading = await session.Images.ReadAsync(ImageTerm.All, TestContext.Current.CancellationToken);
        Assert.Equal((good.Id, $"{bad.Id}, without an id"), (Assert.Single(reading.Images).Id, string.Join(", ", reading.UnreadableIds)));

        // When nothing can be parsed, it is not a list.
        cloud.Faults.Clear();
        cloud.Faults.Add("GET", "*/v2/images?*",
            new Fault { Status = 200, ContentType = "application/json", Body = "{\"images\": [{\"id\": \"" + bad.Id + "\"}]}" });
        var none = await Assert.ThrowsAsync<CloudException>(
            () => session.Images.ReadAsync(ImageTerm.Community, TestContext.Current.CancellationToken));
        Assert.Equal((CloudErrorKind.Transient, true),
            (none.Kind, none.Message.Contains("the answer is not what the API documents", StringComparison.Ordinal)));

        // In a search by name, it is not treated as missing.
        var error = await Assert.ThrowsAsync<CloudException>(
            () => session.Images.ReadAsync(ImageTerm.Name("bad"), TestContext.Current.CancellationToken));
        Assert.Equal(CloudErrorKind.Transient, error.Kind);
    }

    // gnocchixyz/python-gnocchiclient#102, openstack-k8s-operators/neutron-operator#423
    [Theory]
    [InlineData("http://127.0.0.1:1/image/v2/images?limit=1&marker=x")]
    [InlineData("/v2/images?limit=1&marker=x")]
    public async Task The_next_page_is_read_from_the_address_of_the_first_regardless_of_the_link(string next)
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var (first, second) = (cloud.AddImage("first"), cloud.AddImage("second"));
        string Page(SandboxImage image, string more) =>
            $"{{\"images\": [{{\"id\": \"{image.Id}\", \"name\": \"{image.Name}\", \"status\": \"active\", \"tags\": []}}]{more}}}";
        cloud.Faults.Decide = call => !call.Path.EndsWith("/v2/images", StringComparison.Ordinal) ? null : new Fault
        {
            Status = 200,
            ContentType = "application/json",
            Body = call.Target.Contains($"marker={first.Id}", StringComparison.Ordinal) ? Page(second, "")
                : Page(first, $", \"next\": \"{next}\""),
        };
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
        var reading = await session.Images.ReadAsync(ImageTerm.All, TestContext.Current.CancellationToken);
        Assert.Equal(["first", "second"], reading.Images.Select(image => image.Name).Order(StringComparer.Ordinal));
    }

    private static Image Read(string members) =>
        JsonSerializer.Deserialize("{\"id\": \"i\", \"status\": \"active\", \"tags\": [\"a\"], " + members + "}", CloudJson.Default.Image)!;
}
