using ImageTagOperator.Sandbox.Demo;

// image-tag-sandbox demo --operator FILE   runs FILE against the embedded servers and tells what happens
// image-tag-sandbox serve [FOLDER]         serves them until Ctrl-C; writes kubeconfig and clouds.yaml into FOLDER
return args switch
{
    ["demo", "--operator", var executable] => await MainJob.RunAsync(executable),
    ["serve"] => await Serve.RunAsync("."),
    ["serve", var folder] => await Serve.RunAsync(folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: image-tag-sandbox demo --operator FILE | image-tag-sandbox serve [FOLDER]");
    return 2;
}
