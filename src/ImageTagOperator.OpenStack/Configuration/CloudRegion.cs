namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Reads the region of a cloud in clouds.yaml.</summary>
internal static class CloudRegion
{
    /// <summary>The name of the region; null when none is given.</summary>
    /// <exception cref="InvalidCloudsYamlException">Several regions are given, or the profile has several.</exception>
    public static string? Of(YamlSection cloud, VendorProfile? profile)
    {
        var named = cloud.Text("region_name");
        if (named?.Contains(',', StringComparison.Ordinal) == true) throw cloud.ErrorOf(
            "region_name", "'region_name' names several regions; make an entry for each of them");
        var listed = cloud.Node("regions") switch
        {
            null => null,
            YamlSequence { Items: [] } => null,
            YamlSequence { Items: [YamlScalar first] } => first.Value,
            // Like gophercloud and the openstack command: of several, region_name selects one.
            YamlSequence list when named is not null && list.Items.Any(item => item is YamlScalar one && one.Value == named) => named,
            var other => throw cloud.Error("'regions' must hold one plain name; make an entry for each region, with 'region_name'", other),
        };
        if (listed is not null && named is not null && named != listed) throw cloud.ErrorOf("regions",
            "'regions' and 'region_name' differ; remove one");
        return listed ?? named ?? profile switch
        {
            null => null,
            { Region: { } only } => only,
            _ => throw cloud.Error("this profile has several regions; set 'region_name'"),
        };
    }

    /// <summary>Replaces <c>{region_name}</c>, as openstacksdk does in every value.</summary>
    public static string FillIn(YamlSection cloud, string key, string text, string? region)
    {
        const string placeholder = "{region_name}";
        if (text.Contains(placeholder, StringComparison.Ordinal))
        {
            text = text.Replace(placeholder, region ?? throw cloud.ErrorOf(key, $"'{key}' holds {placeholder}, so 'region_name' is needed"),
                StringComparison.Ordinal);
        }

        return text.AsSpan().ContainsAny('{', '}') ? throw cloud.ErrorOf(key, $"'{key}' holds braces, and only {placeholder} is filled in")
            : text;
    }
}
