using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>A valid or invalid spec. All validators of specs are tested with this list.</summary>
/// <param name="Yaml">The differences from <see cref="Base"/>; a null removes a field.</param>
/// <param name="Field">The invalid field; null: the spec is valid.</param>
/// <param name="SchemaKnows">Whether the schema of the definition rejects it.</param>
public sealed record SpecCase(string Yaml, string? Field, bool SchemaKnows)
{
    private const string Base = """
        cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
        image: {name: ubuntu-24.04}
        tags: [golden]
        """;

    private const string Long = "a23456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
        + "123456789 123456789 123456789 "
        + "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 12345";

    private static readonly string[] GoodOnes =
    [
        "{}",
        "tags: []",
        "tags: [golden, cis-2026.1, 'a b', '%2e%2e', key=value, '...', '~', '-x', 'true']",
        $"tags: ['{Long}']",
        $"tags: [{Numbers(128)}]",
        "tags: ['env=prod', 'tier_1']\ncloudCredentialsRef: {profile: IMS}",
        "tags: ['cis-2026.1']\ncloudCredentialsRef: {profile: PCD}",
        "image: {name: null, id: 6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11}",
        "image: {name: null, id: 6F2B0D0E-4F1C-4F57-9A0B-2F6F3F6C1C11}",
        "image: {name: 'Ubuntu 24.04 (ü) / x'}",
        $"image: {{name: '{Long}'}}",
        "image: {name: null, selector: {names: ['ubuntu-*', 'debian-?']}}",
        "image: {name: null, selector: {newest: 500, status: active, owner: 5f705771, visibility: community, properties: {os_distro: "
            + "ubuntu}}}",
        "image: {name: null, selector: {tags: [tested]}}\ntags: [tested, stable]",
        "image: {name: null, selector: {tags: [tested]}}\npolicy: Additive",
        "image: {name: null, selector: {tags: [tested]}}\nignoreTags: ['test*']",
        $"ignoreTags: ['build-*', 'ü', '*', '..', {Numbers(124)}]",
        "policy: Additive\nmode: Observe\ndeletionPolicy: Restore\nmaxRemovals: 0\nsuspend: true",
        "interval: 10s",
        "interval: 1h30m",
        "interval: 0.5h",
        "interval: 10000ms",
    ];

    private static readonly (string Yaml, string Field)[] BadBySchema =
    [
        ("cloudCredentialsRef: {secretName: ''}", "spec.cloudCredentialsRef.secretName"),
        ("cloudCredentialsRef: {secretName: Upper_Case}", "spec.cloudCredentialsRef.secretName"),
        ("cloudCredentialsRef: {secretName: ../other}", "spec.cloudCredentialsRef.secretName"),
        ("cloudCredentialsRef: {cloudName: ''}", "spec.cloudCredentialsRef.cloudName"),
        ("image: {name: null}", "spec.image"),
        ("image: {id: 6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11}", "spec.image"),
        ("image: {name: ''}", "spec.image.name"),
        ($"image: {{name: '{Long}6'}}", "spec.image.name"),
        ("image: {name: null, id: ubuntu}", "spec.image.id"),
        ("image: {name: null, id: 6f2b0d0e4f1c4f579a0b2f6f3f6c1c11}", "spec.image.id"),
        ("image: {name: null, id: '{6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11}'}", "spec.image.id"),
        ("image: {name: null, selector: {}}", "spec.image.selector"),
        ("image: {name: null, selector: {names: []}}", "spec.image.selector.names"),
        ("image: {name: null, selector: {names: ['']}}", "spec.image.selector.names"),
        ("image: {name: null, selector: {names: [a, a]}}", "spec.image.selector.names"),
        ($"image: {{name: null, selector: {{names: [{Numbers(65)}]}}}}", "spec.image.selector.names"),
        ("image: {name: null, selector: {owner: ''}}", "spec.image.selector.owner"),
        ("image: {name: null, selector: {status: ''}}", "spec.image.selector.status"),
        ("image: {name: null, selector: {tags: []}}", "spec.image.selector.tags"),
        ("image: {name: null, selector: {tags: ['']}}", "spec.image.selector.tags"),
        ("image: {name: null, selector: {properties: {}}}", "spec.image.selector.properties"),
        ("image: {name: null, selector: {newest: 0}}", "spec.image.selector.newest"),
        ("image: {name: null, selector: {newest: 501}}", "spec.image.selector.newest"),
        ("tags: ['']", "spec.tags"),
        ("tags: ['.']", "spec.tags"),
        ("tags: ['..']", "spec.tags"),
        ("tags: ['a/b']", "spec.tags"),
        ("tags: [' a']", "spec.tags"),
        ("tags: ['a ']", "spec.tags"),
        ("tags: ['ü']", "spec.tags"),
        ("tags: [\"a\\tb\"]", "spec.tags"),
        ("tags: [\"a\\n\"]", "spec.tags"),
        ("tags: [a, a]", "spec.tags"),
        ($"tags: ['{Long}6']", "spec.tags"),
        ($"tags: [{Numbers(129)}]", "spec.tags"),
        ("ignoreTags: [a, a]", "spec.ignoreTags"),
        ($"ignoreTags: ['{Long}6']", "spec.ignoreTags"),
        ($"ignoreTags: [{Numbers(129)}]", "spec.ignoreTags"),
        ("maxRemovals: -1", "spec.maxRemovals"),
        ("interval: soon", "spec.interval"),
        ("interval: ''", "spec.interval"),
        ("interval: '10'", "spec.interval"),
        ("interval: 10 m", "spec.interval"),
    ];

    private static readonly (string Yaml, string Field)[] BadAllTheSame =
    [
        ("interval: 9s", "spec.interval"),
        ("interval: 9999ms", "spec.interval"),
        ("interval: 99999999h", "spec.interval"),
        ("tags: [lts, LTS]", "spec.tags"),
        ("tags: ['cis-2026.1']\ncloudCredentialsRef: {profile: IMS}", "spec.tags"),
        ("tags: ['a=b=c']\ncloudCredentialsRef: {profile: IMS}", "spec.tags"),
        ("tags: ['env=prod', 'env=test']\ncloudCredentialsRef: {profile: IMS}", "spec.tags"),
        ("image: {name: null, selector: {tags: [tested]}}", "spec.image.selector.tags"),
    ];

    public static TheoryData<SpecCase> All =>
    [
        .. GoodOnes.Select(yaml => new SpecCase(yaml, null, false)),
        .. BadBySchema.Select(bad => new SpecCase(bad.Yaml, bad.Field, true)),
        .. BadAllTheSame.Select(bad => new SpecCase(bad.Yaml, bad.Field, false)),
    ];

    public JsonObject Spec()
    {
        var spec = KubernetesYaml.LoadAll(Base)[0].AsObject();
        Merge(spec, KubernetesYaml.LoadAll(Yaml)[0].AsObject());
        return spec;
    }

    public override string ToString() => Yaml.Length <= 80 ? Yaml : Yaml[..80] + "...";

    private static void Merge(JsonObject into, JsonObject changes)
    {
        foreach (var (name, value) in changes)
        {
            if (value is null) into.Remove(name);
            else if (value is JsonObject inner && into[name] is JsonObject known) Merge(known, inner);
            else into[name] = value.DeepClone();
        }
    }

    private static string Numbers(int count) => string.Join(", ", Enumerable.Range(0, count).Select(number => $"'n{number}'"));
}
