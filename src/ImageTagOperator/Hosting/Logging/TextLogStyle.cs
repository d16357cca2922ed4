namespace ImageTagOperator.Hosting.Logging;

/// <summary>The style of the text log.</summary>
internal enum TextLogStyle
{
    /// <summary>For files and programs: the full time and category.</summary>
    Plain,

    /// <summary>For a terminal: short and in columns.</summary>
    Aligned,

    /// <summary>Like <see cref="Aligned"/>, in colours.</summary>
    Coloured,
}
