Console.WriteLine("image-tag-operator");
