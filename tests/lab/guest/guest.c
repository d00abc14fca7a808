/* SPDX-FileCopyrightText: Drover contributors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lab's guest: a program without an operating system that uses memory in a known way and notices when a write
 * gets lost.
 *
 * It fills `used` MiB of memory with noise (not compressible). The first `hot` MiB are the working set: at every
 * tick (100 a second) it rewrites rate/100 of its pages in turn. Word 0 of a page holds the number of the pass that
 * wrote it last, word 1 the inverted number of the page; anything else than the last pass is a lost write and counts
 * in `err`. The other pages are never written again; two of them per tick are compared with the noise they must hold.
 *
 * Command line: "hot=MIB used=MIB rate=PAGES_PER_SECOND words=WORDS_REWRITTEN_PER_PAGE".
 * First serial port, in:  rN rate, wN words (end the number with a newline), p report now, q power off,
 *                         d damage the next page of both kinds (so that a test can see the check bite).
 * First serial port, out: one line per second:  t=12.34 rate=500 pages=6170 pass=3 late=0 err=0
 *
 * Emulation without KVM forgets writes during a live migration where the page's translation is cached. So the
 * translations are flushed (CR4.PGE flipped) at every tick before anything is written.
 */
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;
typedef unsigned short u16;

enum { TICKS_PER_SECOND = 100, PAGE_WORDS = 1024, FIRST_PAGE = 512 /* 2 MiB, above the program */ };
enum { PAGES_PER_MIB = 256, COM1 = 0x3F8, POWER = 0x600, DEFAULT_LIMIT_MIB = 512 };

struct multiboot {
    u32 flags, mem_lower_kib, mem_upper_kib, boot_device;
    const char *command_line;
};

volatile u32 ticks; /* counted by the timer interrupt */

static u32 used_pages, hot_pages, rate, words = 16;
static u32 next_hot, next_cold, pass = 1, late, errors, remainder;
static u64 written;

static void outb(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static void outw(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port)); return v; }
static u16 inw(u16 port) { u16 v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port)); return v; }

static void flush_translations(void)
{
    u32 cr4;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4 ^ 0x80) : "memory");
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4) : "memory");
}

/* ---- serial port ---- */

static void put(char c)
{
    while (!(inb(COM1 + 5) & 0x20)) { }
    outb(COM1, (u8)c);
}

static void put_text(const char *s)
{
    while (*s)
        put(*s++);
}

static void put_number(u64 n)
{
    char digits[20];
    int count = 0;
    do {
        /* 64-bit division by hand: there is no library to call */
        u32 high = (u32)(n >> 32), low = (u32)n, rest = high % 10;
        u32 low_quotient;
        __asm__("divl %4" : "=a"(low_quotient), "=d"(rest) : "a"(low), "d"(rest), "r"(10u));
        n = ((u64)(high / 10) << 32) | low_quotient;
        digits[count++] = (char)('0' + rest);
    } while (n);
    while (count)
        put(digits[--count]);
}

static void report(u32 now)
{
    u32 hundredths = now % TICKS_PER_SECOND;
    put_text("t=");
    put_number(now / TICKS_PER_SECOND);
    put_text(hundredths < 10 ? ".0" : ".");
    put_number(hundredths);
    put_text(" rate=");
    put_number(rate);
    put_text(" pages=");
    put_number(written);
    put_text(" pass=");
    put_number(pass - 1);
    put_text(" late=");
    put_number(late);
    put_text(" err=");
    put_number(errors);
    put_text("\n");
}

/* ---- memory ---- */

static u32 *page(u32 index) { return (u32 *)((FIRST_PAGE + index) << 12); }

static u32 noise_seed(u32 index)
{
    u32 x = index * 2654435761u + 0x9E3779B9u;
    return x ? x : 1;
}

static u32 noise_next(u32 x)
{
    x ^= x << 13;
    x ^= x >> 17;
    return x ^ (x << 5);
}

static void fill(u32 index)
{
    u32 *p = page(index), x = noise_seed(index);
    p[0] = 0;
    p[1] = ~index;
    for (int i = 2; i < PAGE_WORDS; ++i)
        p[i] = x = noise_next(x);
}

static void check_cold(u32 index)
{
    const u32 *p = page(index);
    u32 x = noise_seed(index), different = (p[0] != 0) | (p[1] != ~index);
    for (int i = 2; i < PAGE_WORDS; ++i) {
        x = noise_next(x);
        different |= p[i] ^ x;
    }
    errors += different != 0;
}

static void rewrite_hot(u32 index)
{
    u32 *p = page(index), x = noise_seed(index ^ (pass << 16) ^ pass);
    if (p[0] != pass - 1 || p[1] != ~index)
        ++errors;
    p[0] = pass;
    p[1] = ~index;
    for (u32 i = 2; i < words; ++i)
        p[i] = x = noise_next(x);
    ++written;
}

static void work(void)
{
    u32 now = remainder + rate, count = now / TICKS_PER_SECOND;
    remainder = now % TICKS_PER_SECOND;
    if (count > hot_pages)
        count = hot_pages; /* a page is written once per tick at most: the flush covers one write */
    while (count--) {
        rewrite_hot(next_hot);
        if (++next_hot == hot_pages) {
            next_hot = 0;
            ++pass;
        }
    }
    for (int i = 0; i < 2 && used_pages > hot_pages; ++i) {
        check_cold(hot_pages + next_cold);
        if (++next_cold == used_pages - hot_pages)
            next_cold = 0;
    }
}

/* ---- control ---- */

static void damage(void)
{
    page(next_hot)[0] ^= 0x80000000u;
    if (used_pages > hot_pages)
        page(hot_pages + next_cold)[PAGE_WORDS / 2] ^= 1;
}

static u32 limited(u32 value, u32 low, u32 high) { return value < low ? low : value > high ? high : value; }

static void power_off(void)
{
    outw(POWER + 4, 0x2000); /* sleep enable, type 0: soft off */
    for (;;)
        __asm__ volatile("cli; hlt");
}

static void listen(u32 now)
{
    static char command;
    static u32 number;
    while (inb(COM1 + 5) & 1) {
        char c = (char)inb(COM1);
        if (c >= '0' && c <= '9') {
            number = number * 10 + (u32)(c - '0');
            continue;
        }
        if (command == 'r')
            rate = limited(number, 0, 1000000);
        else if (command == 'w')
            words = limited(number, 2, PAGE_WORDS);
        number = 0;
        command = 0;
        if (c == 'p')
            report(now);
        else if (c == 'd')
            damage();
        else if (c == 'q')
            power_off();
        else if (c == 'r' || c == 'w')
            command = c;
    }
}

static u32 option(const char *line, const char *name, u32 otherwise)
{
    for (; line && *line; ++line) {
        const char *n = name;
        const char *at = line;
        while (*n && *at == *n) {
            ++at;
            ++n;
        }
        if (*n || *at < '0' || *at > '9')
            continue;
        u32 value = 0;
        for (; *at >= '0' && *at <= '9'; ++at)
            value = value * 10 + (u32)(*at - '0');
        return value;
    }
    return otherwise;
}

static void set_up_devices(void)
{
    /* interrupt controllers: vectors from 0x20, only the timer unmasked */
    outb(0x20, 0x11); outb(0xA0, 0x11);
    outb(0x21, 0x20); outb(0xA1, 0x28);
    outb(0x21, 0x04); outb(0xA1, 0x02);
    outb(0x21, 0x01); outb(0xA1, 0x01);
    outb(0x21, 0xFE); outb(0xA1, 0xFF);
    /* timer channel 0: 1193182 Hz / 11932 = 100 Hz */
    outb(0x43, 0x34);
    outb(0x40, 11932 & 0xFF);
    outb(0x40, 11932 >> 8);
    /* serial port: 115200 8N1, FIFO on, no interrupts */
    outb(COM1 + 1, 0x00);
    outb(COM1 + 3, 0x80); outb(COM1, 0x01); outb(COM1 + 1, 0x00);
    outb(COM1 + 3, 0x03);
    outb(COM1 + 2, 0x07);
    outb(COM1 + 4, 0x03);
    /* the power button sets its status bit (read below at each tick); its interrupt stays masked */
    outw(POWER + 2, 0x0100);
}

void run(const struct multiboot *info)
{
    const char *line = (info->flags & 4) ? info->command_line : "";
    u32 mib = info->mem_upper_kib / 1024; /* above the first MiB */
    u32 room = mib > 2 ? mib - 2 : 1;
    u32 used = limited(option(line, "used=", limited(room, 1, DEFAULT_LIMIT_MIB)), 1, room);

    used_pages = used * PAGES_PER_MIB;
    hot_pages = limited(option(line, "hot=", 8), 1, used) * PAGES_PER_MIB;
    rate = limited(option(line, "rate=", 0), 0, 1000000);
    words = limited(option(line, "words=", 16), 2, PAGE_WORDS);

    set_up_devices();
    for (u32 i = 0; i < used_pages; ++i)
        fill(i);

    __asm__ volatile("sti");
    report(0);
    for (u32 seen = 0;;) {
        __asm__ volatile("hlt");
        u32 now = ticks;
        if (now == seen)
            continue;
        flush_translations();
        late += now - seen - 1;
        u32 second_over = now / TICKS_PER_SECOND != seen / TICKS_PER_SECOND;
        seen = now;
        work();
        listen(now);
        if (second_over)
            report(now);
        if (inw(POWER) & 0x0100)
            power_off();
    }
}
