using ImageTagOperator.Sandbox.Demo;

const string Usage = """
    image-tag-sandbox demo --operator FILE   run FILE, an image-tag-operator, against embedded servers and explain each step
    image-tag-sandbox serve [FOLDER]         serve an embedded Kubernetes API and cloud until Ctrl-C, to try things out; their kubeconfig
                                             and clouds.yaml are in FOLDER, by default a new temporary one
    image-tag-sandbox --help                 show this

    """;

if (args.Any(argument => argument is "--help" or "-h" or "help"))
{
    Console.Write(Usage);
    return 0;
}

switch (args)
{
    case ["demo", "--operator", var executable]:
        return await DemoRun.RunAsync(executable);
    case ["serve"]:
        return await Serve.RunAsync(null);
    case ["serve", var folder] when !folder.StartsWith('-'):
        return await Serve.RunAsync(folder);
    default:
        Console.Error.Write(Usage);
        return 2;
}
