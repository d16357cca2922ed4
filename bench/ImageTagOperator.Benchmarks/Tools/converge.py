"""Gives tags to images with openstacksdk, as many images at a time as the argument says, and prints the seconds.

Standard input: a line of tags, a line of image ids. The first image only opens connections and is not timed.
"""
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import openstack

tags = sys.stdin.readline().split()
first, *images = sys.stdin.readline().split()
cloud = openstack.connect()


def converge(image):
    for tag in tags:
        cloud.image.add_tag(image, tag)


converge(first)
start = time.monotonic()
with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    list(pool.map(converge, images))
print(time.monotonic() - start)
