namespace ImageTagOperator.Hosting.Logging;

/// <summary>How a line of the text log looks.</summary>
internal enum TextLogStyle
{
    /// <summary>For files and programs: the whole time and category.</summary>
    Plain,

    /// <summary>For people: short and in columns.</summary>
    Aligned,

    /// <summary>The same in colours.</summary>
    Coloured,
}
