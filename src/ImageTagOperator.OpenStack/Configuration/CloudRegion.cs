namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Which region a cloud of clouds.yaml means.</summary>
internal static class CloudRegion
{
    /// <summary>The one name, or null where none is given.</summary>
    /// <exception cref="InvalidCloudsYamlException">Several are given, or one of many would have to be guessed.</exception>
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
            // Of several, gophercloud and the openstack command take the one that region_name names.
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

    /// <summary>Fills in <c>{region_name}</c>, as openstacksdk does in every value.</summary>
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
